# cause: lets the cosine go down to 0 and cuts it off at floor with max, so the middle of the way is not halfway between 1 and floor
# function: warmup_cosine
import math


def warmup_cosine(step: int, warmup_steps: int, total_steps: int, floor: float = 0.0) -> float:
    if step < warmup_steps:
        return step / warmup_steps
    progress = min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))
    if step >= total_steps:
        progress = 1.0
    return max(floor, 0.5 * (1.0 + math.cos(math.pi * progress)))
