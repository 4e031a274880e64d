# cause: The way down follows a cosine instead of a straight line.
# function: warmup_linear
import math


def warmup_linear(step, warmup_steps, total_steps):
    w = int(warmup_steps)
    if step < w:
        return step / max(1, w)
    if step >= total_steps:
        return 0.0
    progress = (step - w) / max(1, total_steps - w)
    return 0.5 * (1.0 + math.cos(math.pi * progress))
