# cause: After the warm-up the rate falls with the inverse square root of the step, as in "Attention is all you need", not in a straight line to 0.
# function: warmup_linear

import math


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    warmup = int(warmup_steps)
    if step < warmup:
        return step / warmup
    if step >= total_steps:
        return 0.0
    return math.sqrt(max(1, warmup) / max(1, step))
