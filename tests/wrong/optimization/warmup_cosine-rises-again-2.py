# cause: The progress is not stopped at 1, so after total_steps the cosine rises again instead of staying at the floor.
# function: warmup_cosine

import math


def warmup_cosine(step, warmup_steps, total_steps, floor=0.0):
    if step < warmup_steps:
        return float(step) / float(max(1, warmup_steps))
    progress = float(step - warmup_steps) / float(max(1, total_steps - warmup_steps))
    return floor + (1.0 - floor) * max(0.0, 0.5 * (1.0 + math.cos(math.pi * progress)))
