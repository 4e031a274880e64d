# cause: the way down is worked out before the branch, so that a schedule without decay fails at every step
# function: warmup_cosine
import math


def warmup_cosine(step, warmup_steps, total_steps, floor=0.0):
    way = (step - warmup_steps) / (total_steps - warmup_steps)
    if step < warmup_steps:
        return step / warmup_steps
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * min(1.0, way)))
