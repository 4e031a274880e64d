"""Memory used by a process: on a GPU, what torch's allocator has handed out; otherwise, resident memory.

Resident memory is what the operating system has given to the process, including the gaps that the C library leaves
between tensors. Only Linux can reset its peak; elsewhere it is the peak since the process started, and on Windows it
is not known.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
FORGET_THE_PEAK = "5"
"""Value that resets the peak when written to Linux's ``clear_refs``."""


def resident(what: str = "VmRSS") -> int | None:
    """Return this process's resident memory in bytes, now (``VmRSS``) or at its peak (``VmHWM``); None if unknown."""
    with suppress(OSError):
        for line in STATUS.read_text(encoding="utf-8").splitlines():
            if line.startswith(f"{what}:"):
                return int(line.split()[1]) * 1024
    return highest_since_the_start()


def highest_since_the_start() -> int | None:
    """Return the peak in bytes since the process started, if the system reports it."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024


def can_restart() -> bool:
    """Return whether the peak can be reset."""
    with suppress(OSError):
        CLEAR.write_text(FORGET_THE_PEAK, encoding="utf-8")
        return True
    return False


class Memory:
    """Memory used since this object was created."""

    def __init__(self, device: torch.device) -> None:
        """Record the memory in use before data and model are loaded."""
        self.device = device
        self.before = torch.cuda.memory_allocated(device) if device.type == "cuda" else resident()

    def restart(self) -> None:
        """Reset the peak, if possible."""
        if self.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self.device)
        else:
            can_restart()

    def peak(self) -> int | None:
        """Return the peak in bytes since then, minus the memory in use at the start; None if unknown."""
        if self.device.type == "cuda":
            highest: int | None = torch.cuda.max_memory_allocated(self.device)
        else:
            highest = resident("VmHWM")
        if highest is None or self.before is None:
            return None
        return max(0, highest - self.before)


class PeakMemory:
    """Peak memory from here on."""

    def __init__(self, device: torch.device) -> None:
        """Reset the peak, if possible."""
        self.device = device
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)

    def figures(self) -> dict[str, Any]:
        """Return ``bytes`` (None if unknown), and ``of``: CUDA's allocator, or this process since its start."""
        if self.device.type == "cuda":
            return {"bytes": torch.cuda.max_memory_allocated(self.device), "of": "CUDA's allocator, during training"}
        highest = highest_since_the_start()
        return {"bytes": highest, "of": "the process" if highest is not None else "unknown on this system"}


# --- Dropout as a GPU does it ---


class Dropout(torch.autograd.Function):
    """Dropout that keeps a mask of one byte per number, and otherwise only its result.

    A CPU's own keeps four bytes; that of ``torch.native_dropout`` keeps one, but draws and multiplies with four-byte
    numbers, and so temporarily needs twice as many bytes as the dropout of a GPU.
    of four, twice as many bytes for a moment as the dropout of a GPU.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, p: float) -> Tensor:
        """Drop numbers with this probability, and scale up the others."""
        mask = torch.empty(x.shape, dtype=torch.bool, device=x.device)
        for part in mask.view(-1).split(AT_A_TIME):
            part.bernoulli_(1 - p)
        ctx.save_for_backward(mask)
        ctx.scale = 1 / (1 - p)
        return torch.where(mask, x, 0.0).mul_(ctx.scale)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """Pass the gradient only to numbers that were kept."""
        (mask,) = ctx.saved_tensors
        return torch.where(mask, gradients[0], 0.0).mul_(ctx.scale), None


AT_A_TIME = 2**16
"""Numbers of a mask that are drawn at a time."""


def native_dropout(x: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Apply dropout as a GPU does, with a mask of one byte per number."""
    dropped: Tensor = Dropout.apply(x, p) if training and p > 0 else x
    return dropped


@contextmanager
def gpu_dropout() -> Iterator[None]:
    """Replace every layer's dropout by `native_dropout` for the time being; a CPU's own keeps a mask of four bytes."""
    before = nn.functional.dropout
    nn.functional.dropout = native_dropout  # type: ignore[assignment]
    try:
        yield
    finally:
        nn.functional.dropout = before
