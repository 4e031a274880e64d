# cause: a slip: the floor cuts the cosine off, max(floor, cosine), where the cosine should end there
# function: warmup_cosine
import math


def warmup_cosine(step: int, warmup_steps: int, total_steps: int, floor: float = 0.0) -> float:
    """Warmup, then half a cosine, never below the floor."""
    if step < warmup_steps:
        return step / warmup_steps
    if step >= total_steps:
        return floor
    progress = (step - warmup_steps) / (total_steps - warmup_steps)
    return max(floor, 0.5 * (1.0 + math.cos(math.pi * progress)))
