"""How much memory a process takes: on a GPU what torch's allocator has handed out, else what is resident.

Resident memory is what the operating system has given to the process, with the gaps that the C library leaves between
tensors. Its highest value can be asked for again and again on Linux alone; elsewhere it is the highest since the
process started, and on Windows it is not known.
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
"""What Linux wants to read in ``clear_refs``."""


def resident(what: str = "VmRSS") -> int | None:
    """Bytes of this process that are in memory now (``VmRSS``), or at most were (``VmHWM``); None where not known."""
    with suppress(OSError):
        for line in STATUS.read_text(encoding="utf-8").splitlines():
            if line.startswith(f"{what}:"):
                return int(line.split()[1]) * 1024
    return highest_since_the_start()


def highest_since_the_start() -> int | None:
    """Bytes, where the system counts them."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024


def can_restart() -> bool:
    """Whether the highest value can be forgotten and watched anew."""
    with suppress(OSError):
        CLEAR.write_text(FORGET_THE_PEAK, encoding="utf-8")
        return True
    return False


class Memory:
    """What is needed beyond that which the process has when this is made."""

    def __init__(self, device: torch.device) -> None:
        """Look how much there is before data and model are loaded."""
        self.device = device
        self.before = torch.cuda.memory_allocated(device) if device.type == "cuda" else resident()

    def restart(self) -> None:
        """Forget the highest value so far, where that is possible."""
        if self.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self.device)
        else:
            can_restart()

    def peak(self) -> int | None:
        """Bytes at most since then, less what there was in the beginning; None where not known."""
        if self.device.type == "cuda":
            highest: int | None = torch.cuda.max_memory_allocated(self.device)
        else:
            highest = resident("VmHWM")
        if highest is None or self.before is None:
            return None
        return max(0, highest - self.before)


class PeakMemory:
    """The most memory that is in use from here on."""

    def __init__(self, device: torch.device) -> None:
        """Forget what was in use before, where that can be forgotten."""
        self.device = device
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)

    def figures(self) -> dict[str, Any]:
        """``bytes`` (None if unknown), and ``of``: what CUDA's allocator gave out, or this process since it began."""
        if self.device.type == "cuda":
            return {"bytes": torch.cuda.max_memory_allocated(self.device), "of": "CUDA's allocator, during training"}
        highest = highest_since_the_start()
        return {"bytes": highest, "of": "the process" if highest is not None else "unknown on this system"}


# --- Dropout as a GPU does it ---


class Dropout(torch.autograd.Function):
    """Keeps a mask of one byte per number, and needs nothing else but the result.

    A CPU's own keeps four bytes; that of ``torch.native_dropout`` keeps one, but draws and multiplies by way of numbers
    of four, twice as many bytes for a moment as the dropout of a GPU.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, p: float) -> Tensor:
        """Drop numbers with this probability, and make up for it by the size of the others."""
        mask = torch.empty(x.shape, dtype=torch.bool, device=x.device)
        for part in mask.view(-1).split(AT_A_TIME):
            part.bernoulli_(1 - p)
        ctx.save_for_backward(mask)
        ctx.scale = 1 / (1 - p)
        return torch.where(mask, x, 0.0).mul_(ctx.scale)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """Only what was kept gets a gradient."""
        (mask,) = ctx.saved_tensors
        return torch.where(mask, gradients[0], 0.0).mul_(ctx.scale), None


AT_A_TIME = 2**16
"""Numbers of a mask that are drawn together."""


def native_dropout(x: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout as a GPU does it, with a mask of one byte per number."""
    dropped: Tensor = Dropout.apply(x, p) if training and p > 0 else x
    return dropped


@contextmanager
def gpu_dropout() -> Iterator[None]:
    """Meanwhile every layer's dropout is `native_dropout`; a CPU's own keeps a mask of four bytes."""
    before = nn.functional.dropout
    nn.functional.dropout = native_dropout  # type: ignore[assignment]
    try:
        yield
    finally:
        nn.functional.dropout = before
