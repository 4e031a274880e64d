# cause: uses correct as a mask, which counts the right ones if it holds booleans, but selects by index if it holds ones and zeros
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
        count = len(confidences[inside])
        if count:
            right = len(confidences[inside & correct])
            total += count / n * abs(confidences[inside].mean().item() - right / count)
    return total
