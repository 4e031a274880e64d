"""warmup_linear: numpy interpolates between three knots, which are written into a dictionary so that the peak wins."""

import numpy as np


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    knots = {0: 0.0, total_steps: 0.0}
    knots[int(warmup_steps)] = 1.0
    places = sorted(knots)
    return float(np.interp(step, places, [knots[place] for place in places], right=0.0))
