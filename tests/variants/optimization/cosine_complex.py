"""warmup_cosine turns a complex number around, and asks about the end first."""

import cmath


def warmup_cosine(step: int, warmup_steps: int, total_steps: int, *floor: float) -> float:
    low = floor[0] if floor else 0.0
    if step >= total_steps:
        return low
    if step < warmup_steps:
        return step * (1 / warmup_steps)
    turned = cmath.exp(1j * cmath.pi * (step - warmup_steps) / (total_steps - warmup_steps))
    return low + (1 - low) * (1 + turned.real) / 2
