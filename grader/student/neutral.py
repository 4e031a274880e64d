"""Restores the settings of torch, numpy and Python that checks rely on, whatever the student's file has changed.

A correct function may follow a ``torch.set_default_dtype(torch.float64)``; the exercise is not about that. So these
settings are restored once the file is loaded, at the beginning of every check, and around our own helpers.
"""

from __future__ import annotations

import functools
import gc
import sys
import threading
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.utils.data

_FILTERS = list(warnings.filters)
_ERRORS = np.geterr()
_RECURSION = sys.getrecursionlimit()


def restore() -> None:
    """Restore the settings that change the result or the cost of a computation. Takes microseconds."""
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)
    while torch._C._len_torch_function_stack():
        torch._C._pop_torch_function_stack()
    torch._C._set_grad_enabled(True)
    torch._C._set_deterministic_algorithms(False, warn_only=False)  # the public function imports the whole of inductor
    torch._C._set_float32_matmul_precision("highest")
    torch.set_anomaly_enabled(False)
    torch.set_autocast_enabled("cpu", False)
    np.seterr(**_ERRORS)
    if warnings.filters != _FILTERS:
        warnings.filters[:] = _FILTERS  # type: ignore[index]
        warnings._filters_mutated()  # type: ignore[attr-defined]


def silence() -> None:
    """Remove trace and profile functions and restore Python's settings, before our own functions run."""
    sys.settrace(None)
    sys.setprofile(None)
    threading.settrace(None)
    threading.setprofile(None)
    if sys.getrecursionlimit() < _RECURSION:
        sys.setrecursionlimit(_RECURSION)
    gc.enable()


def without_processes() -> None:
    """Turn off ``torch.compile`` and worker processes, which the sandbox forbids; load data in this process."""

    def compile(model: Any = None, **options: object) -> Any:
        """Replace ``torch.compile`` while grading: return the function unchanged."""
        return (lambda function: function) if model is None else model

    torch.compile = compile
    torch.nn.Module.compile = lambda self, *args, **kwargs: None  # type: ignore[method-assign]
    torch.utils.data.DataLoader.__init__ = _in_place(torch.utils.data.DataLoader.__init__)  # type: ignore[method-assign]


def _in_place(make: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(make)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        workers = 5  # index among the arguments: dataset, batch_size, shuffle, sampler, batch_sampler, num_workers
        if len(args) > workers:
            args = (*args[:workers], 0, *args[workers + 1 :])
        elif "num_workers" in kwargs:
            kwargs["num_workers"] = 0
        for name in ("prefetch_factor", "persistent_workers", "multiprocessing_context", "timeout", "worker_init_fn"):
            kwargs.pop(name, None)
        make(self, *args, **kwargs)

    return __init__
