# cause: adds up the gaps of the bins with their signs and takes the distance only at the end, so that they cancel
# function: expected_calibration_error
import torch
from torch import Tensor


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    n = len(confidences)
    if n == 0:
        raise ValueError("there are no predictions")
    total = 0.0
    for i in range(n_bins):
        inside = (confidences > i / n_bins) & (confidences <= (i + 1) / n_bins)
        if i == 0:
            inside |= confidences == 0
        count = inside.sum().item()
        if count:
            gap = confidences[inside].mean().item() - correct[inside].float().mean().item()
            total += count / n * gap
    return abs(total)
