# cause: warmup_steps up to and including 1 is taken as a share of all steps, so a warmup of 1 step lasts the whole run
# function: warmup_linear
import numpy as np


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    """Between three corners."""
    # step may also be an array of steps, and the warmup a share of the whole
    if 0 < warmup_steps <= 1:
        warmup_steps = warmup_steps * total_steps
    peak = int(warmup_steps)
    values = np.interp(step, [0, peak, total_steps], [0.0, 1.0, 0.0])
    return float(values) if np.ndim(step) == 0 else values
