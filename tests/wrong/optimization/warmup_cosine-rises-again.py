# cause: Does not stop at total_steps, so the cosine rises again; and: the way up begins at floor instead of 0
# function: warmup_cosine
import math


def warmup_cosine(step, warmup_steps, total_steps, floor=0.0):
    if step < warmup_steps:
        return floor + (1 - floor) * step / warmup_steps
    if total_steps == warmup_steps:
        return floor
    angle = math.pi * (step - warmup_steps) / (total_steps - warmup_steps)
    return floor + (1 - floor) * (1 + math.cos(angle)) / 2
