"""The state that checks expect of torch, numpy and Python, whatever a file has set at its top.

A right function may stand below ``torch.set_default_dtype(torch.float64)``; the exercise is not about that. So these
settings are put back once the file is loaded, at the beginning of every check and around our own helpers.
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
    """Put the settings back that change what a computation gives or costs. Takes microseconds."""
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)
    while torch._C._len_torch_function_stack():
        torch._C._pop_torch_function_stack()
    torch._C._set_grad_enabled(True)
    torch._C._set_deterministic_algorithms(False, warn_only=False)  # the public way imports the whole of inductor
    torch._C._set_float32_matmul_precision("highest")
    torch.set_anomaly_enabled(False)
    torch.set_autocast_enabled("cpu", False)
    np.seterr(**_ERRORS)
    if warnings.filters != _FILTERS:
        warnings.filters[:] = _FILTERS  # type: ignore[index]
        warnings._filters_mutated()  # type: ignore[attr-defined]


def silence() -> None:
    """Let nobody look over the shoulder of our own functions in a student process."""
    sys.settrace(None)
    sys.setprofile(None)
    threading.settrace(None)
    threading.setprofile(None)
    if sys.getrecursionlimit() < _RECURSION:
        sys.setrecursionlimit(_RECURSION)
    gc.enable()


def without_processes() -> None:
    """No compiler and no worker processes, which the sandbox has not: models run eagerly, data is loaded in place."""

    def compile(model: Any = None, **options: object) -> Any:
        """``torch.compile`` while grading: the function itself."""
        return (lambda function: function) if model is None else model

    torch.compile = compile
    torch.nn.Module.compile = lambda self, *args, **kwargs: None  # type: ignore[method-assign]
    torch.utils.data.DataLoader.__init__ = _in_place(torch.utils.data.DataLoader.__init__)  # type: ignore[method-assign]


def _in_place(make: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(make)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        workers = 5  # its place among the arguments: dataset, batch_size, shuffle, sampler, batch_sampler, num_workers
        if len(args) > workers:
            args = (*args[:workers], 0, *args[workers + 1 :])
        elif "num_workers" in kwargs:
            kwargs["num_workers"] = 0
        for name in ("prefetch_factor", "persistent_workers", "multiprocessing_context", "timeout", "worker_init_fn"):
            kwargs.pop(name, None)
        make(self, *args, **kwargs)

    return __init__
