"""Choice of device, precision and number of threads.

On a CPU, bfloat16 is faster only if the CPU has matrix instructions for it (AMX). Measured on one AMX-capable machine,
LoRA on Rotten Tomatoes, one thread: 193 texts/s in bfloat16 against 92 in float32. With the CPU's instructions
restricted to AVX512-BF16 it was 61 against 91, and with plain AVX512 26 against 92: having bfloat16 instructions is
not enough. On CUDA we ask the driver: a GPU that only emulates bfloat16 (those before Ampere) computes in float32,
since float16 with a scaled loss is not supported here. On one H200 all methods reach the accuracy that they have on a
CPU (docs/bench.md); the gain from bfloat16 there is not measured. Also not measured: Apple's MPS (float32 there), ARM.
"""

import platform
import re
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from course.text import say, say_many
from solutions.recipes.config import FineTune
from solutions.recipes.contention import Contention
from solutions.recipes.preflight import no_device


@dataclass(frozen=True)
class Hardware:
    """Device, precision and threads of the computation."""

    device: torch.device
    bf16: bool
    """Matrix products in bfloat16 (autocast); sums, losses and trained weights stay in float32."""
    threads: int
    """CPU threads per operation; fewer while other processes need the cores."""
    contention: Contention = field(default_factory=lambda: Contention(torch.set_num_threads), repr=False, compare=False)

    @property
    def precision(self) -> str:
        """Name of the precision in reports."""
        return "bf16" if self.bf16 else "fp32"

    def forward(self) -> AbstractContextManager[object]:
        """Return the context of a forward pass; also checks whether other processes need the cores."""
        self.contention.look(self.threads)
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.bf16)


def find_hardware(config: FineTune) -> Hardware:
    """Return the requested hardware, or the best available.

    Sets torch's number of threads for the whole process if the configuration names one.

    Raises:
        RecipeError: the device is unknown or not present.
    """
    if config.threads is not None:
        torch.set_num_threads(config.threads)
    device = find_device(config.device)
    if device.type == "cuda" and device.index is not None:  # the default of code that names no device
        torch.cuda.set_device(device)
    bf16 = bf16_pays(device) if config.precision == "auto" else config.precision == "bf16"
    if device.type == "cuda" and config.precision != "fp32":
        torch.set_float32_matmul_precision("high")  # TF32 for operations that autocast leaves in float32
    return Hardware(device, bf16, torch.get_num_threads())


def find_device(name: str) -> torch.device:
    """Return the device of this name; ``auto`` prefers CUDA, then Apple's GPU, then the CPU."""
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:  # an unknown name, or a device that this machine lacks
        raise no_device(name) from error
    return device


def sent(tensor: Tensor, device: torch.device) -> Tensor:
    """Send a tensor to a device. The CPU does not wait for the copy to a GPU, which needs pinned memory."""
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)


def bf16_pays(device: torch.device) -> bool:
    """Return whether bfloat16 is faster than float32 on this device."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu" and hasattr(torch.cpu, "get_capabilities"):
        return bool(torch.cpu.get_capabilities().get("amx_bf16", False))
    return False


def processor(device: torch.device | None = None) -> str:
    """Return the processor to name beside a speed: ``AMD EPYC, AVX2`` (maker and widest instructions in use).

    Args:
        device: device of the computation; for a GPU, the GPU is named. None means the CPU.
    """
    if device is not None and device.type == "cuda":
        return torch.cuda.get_device_name(device)
    name = platform.processor() or platform.machine()
    with suppress(OSError):
        names = re.findall(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
        name = names[0].strip() if names else name
    amx = hasattr(torch.cpu, "get_capabilities") and torch.cpu.get_capabilities().get("amx_bf16", False)
    return f"{name}, {'AMX' if amx else torch.backends.cpu.get_cpu_capability()}"


def describe(hardware: Hardware, processes: int = 1) -> str:
    """Return a phrase such as ``cpu (x86_64, 2 threads), bf16``, or ``2 processes, each on cpu ...``."""
    if hardware.device.type == "cuda":
        where = f"{hardware.device} ({torch.cuda.get_device_name(hardware.device)})"
    else:
        threads = say_many("1 thread", "{count} threads", count=hardware.threads)
        where = f"{hardware.device} ({platform.machine()}, {threads})"
    place = f"{where}, {hardware.precision}"
    return say("{count} processes, each on {place}", count=processes, place=place) if processes > 1 else place
