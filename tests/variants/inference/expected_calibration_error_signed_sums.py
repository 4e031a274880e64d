"""expected_calibration_error: one signed sum of (confidence - correct) per bin, in a dictionary; the counts
cancel out; bins found by bisection.
"""

from bisect import bisect_left
from collections import defaultdict

import torch
from torch import Tensor


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    values = confidences.detach().flatten()
    if values.numel() == 0:
        raise ValueError("no predictions")
    edges = (torch.arange(1, n_bins, dtype=values.dtype, device=values.device) / n_bins).tolist()
    surplus: defaultdict[int, float] = defaultdict(float)
    for confidence, right in zip(values.tolist(), correct.flatten().tolist(), strict=False):
        surplus[bisect_left(edges, confidence)] += confidence - float(right)
    return sum(map(abs, surplus.values())) / values.numel()
