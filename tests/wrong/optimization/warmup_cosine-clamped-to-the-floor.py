# cause: Clamps the multiplier to at least floor in the warmup too.
# function: warmup_cosine

from __future__ import annotations
import math


def warmup_cosine(step: int, warmup_steps: int, total_steps: int, floor: float = 0.0) -> float:
    if not 0.0 <= floor <= 1.0:
        raise ValueError(f"floor must be between 0 and 1, got {floor}")
    if step < 0:
        raise ValueError(f"step must not be negative, got {step}")
    if step < warmup_steps:
        multiplier = step / warmup_steps
    elif step >= total_steps:
        multiplier = floor
    else:
        way = (step - warmup_steps) / max(1, total_steps - warmup_steps)
        way = min(max(way, 0.0), 1.0)
        multiplier = 1.0 - (1.0 - floor) * 0.5 * (1.0 - math.cos(math.pi * way))
    return min(1.0, max(floor, multiplier))
