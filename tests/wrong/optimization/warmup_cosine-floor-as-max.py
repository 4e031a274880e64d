# cause: Takes the floor as a lower bound, max(floor, cosine), instead of the end of the way down
# function: warmup_cosine
import math


def warmup_cosine(step, warmup_steps, total_steps, floor=0.0):
    if step < warmup_steps:
        return step / max(1, warmup_steps)
    progress = min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))
    return max(floor, 0.5 * (1.0 + math.cos(math.pi * progress)))
