"""warmup_linear is np.interp between three points, or two; the number is one of numpy, and all warmup ends at 1."""

import numpy as np


def warmup_linear(step, warmup_steps, total_steps):
    warmup_steps = round(warmup_steps)
    if warmup_steps == total_steps:
        return np.float64(min(step, total_steps) / total_steps if step <= total_steps else 0)
    corners, heights = [warmup_steps, total_steps], [1.0, 0.0]
    if warmup_steps:
        corners, heights = [0, *corners], [0.0, *heights]
    return np.interp(step, corners, heights)
