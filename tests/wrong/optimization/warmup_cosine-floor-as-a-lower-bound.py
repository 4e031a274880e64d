# cause: The cosine falls to 0 and is cut off at the floor, instead of being scaled to end there, so the middle is not halfway to it.
# function: warmup_cosine
import math


def warmup_cosine(step: int, warmup_steps: int, total_steps: int, floor: float = 0.0) -> float:
    if step < warmup_steps:
        return step / warmup_steps
    way = min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))
    return max(floor, 0.5 * (1.0 + math.cos(math.pi * way)))
