# cause: Uses cos(pi/2 * t), a quarter of the wave, so the middle of the way down is too high
# function: warmup_cosine
import math


def warmup_cosine(step, warmup_steps, total_steps, floor=0.0):
    if step < warmup_steps:
        return step / warmup_steps
    if step >= total_steps:
        return floor
    t = (step - warmup_steps) / (total_steps - warmup_steps)
    return floor + (1 - floor) * math.cos(math.pi / 2 * t)
