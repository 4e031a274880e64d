"""Solves the memory model for the micro-batch instead of searching, in GiB; micro-batches divide the target batch."""

import types

import numpy as np


def choose_strategy(s):
    budget = 0.9 * s.gpu_gib
    best = None
    for method in ("head", "lora", "full"):
        if method == "full" and s.n_train < 1000 or not ok_store(s, method):  # noqa: F821
            continue
        idle = mem(s, method, 0) / 2**30  # noqa: F821
        each = (mem(s, method, 1) - mem(s, method, 0)) / 2**30  # noqa: F821
        if idle > budget:
            continue
        most = s.target_batch if each == 0 else min(s.target_batch, int((budget - idle) / each))
        divisors = [size for size in range(1, most + 1) if s.target_batch % size == 0]
        if divisors:
            best = method, max(divisors)
    if best is None:
        raise MemoryTooSmall("no plan")
    method, micro = best
    possible = np.floor(s.hours * 3600 / (s.n_train / s.examples_per_s))
    return types.SimpleNamespace(
        method=method,
        micro_batch=np.int64(micro),
        accum=np.int64(s.target_batch // micro),
        epochs=int(np.clip(possible, 1, 5)),
        augment=np.bool_(s.n_train < 1000),
        early_stopping=1,
        reason="",
    )


class MemoryTooSmall(ValueError):
    """Nothing fits."""
