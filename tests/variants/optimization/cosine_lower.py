"""warmup_cosine works with numpy, and mixes 1 and floor."""

import numpy as np


def warmup_cosine(step, warmup_steps, total_steps, floor=0.0):
    up = np.divide(step, warmup_steps) if step < warmup_steps else 1.0
    left = np.clip((total_steps - max(step, warmup_steps)) / max(total_steps - warmup_steps, 1e-12), 0, 1)
    share = (1 - np.cos(np.pi * left)) / 2
    return float(up) if step < warmup_steps else float(np.interp(share, [0, 1], [floor, 1.0]))
