"""warmup_linear is the lower of two lines, cut at 0, in exact fractions; a fraction of a warmup step is rounded up."""

import math
from fractions import Fraction


def warmup_linear(step, warmup_steps, total_steps):
    warmup_steps = math.ceil(warmup_steps)
    up = Fraction(step, warmup_steps) if warmup_steps else 1
    down = Fraction(total_steps - step, total_steps - warmup_steps) if total_steps > warmup_steps else 1
    return max(0, min(up, down))
