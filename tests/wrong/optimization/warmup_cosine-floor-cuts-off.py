# cause: The floor only cuts the curve off from below instead of being the value at which half a cosine ends, so the middle of the way down lies too low.
# function: warmup_cosine

import math


def warmup_cosine(step, warmup_steps, total_steps, floor=0.0):
    if step < warmup_steps:
        return step / warmup_steps
    if step >= total_steps:
        return floor if step > warmup_steps else 1.0
    progress = (step - warmup_steps) / (total_steps - warmup_steps)
    return max(floor, 0.5 * (1.0 + math.cos(math.pi * progress)))
