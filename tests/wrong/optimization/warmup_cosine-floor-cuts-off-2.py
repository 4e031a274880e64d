# cause: the cosine runs down to 0 and is cut off at the floor, instead of ending at the floor
# function: warmup_cosine
import math


def warmup_cosine(step: int, warmup_steps: int, total_steps: int, floor: float = 0.0) -> float:
    if step < warmup_steps:
        return step / warmup_steps
    if step >= total_steps:
        return floor if step > warmup_steps else 1.0
    progress = (step - warmup_steps) / (total_steps - warmup_steps)
    return max(floor, 0.5 * (1.0 + math.cos(math.pi * progress)))
