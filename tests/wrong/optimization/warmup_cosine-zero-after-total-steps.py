# cause: after total_steps the multiplier is 0 instead of floor
# function: warmup_cosine

import math


def warmup_cosine(step: int, warmup_steps: int, total_steps: int, floor: float = 0.0) -> float:
    if warmup_steps > 0 and step < warmup_steps:
        return step / warmup_steps
    if step > total_steps:
        # otherwise the cosine goes up again
        return 0.0
    if total_steps == warmup_steps:
        return 1.0
    way = (step - warmup_steps) / (total_steps - warmup_steps)
    return floor + (1 - floor) * (1 + math.cos(math.pi * way)) / 2
