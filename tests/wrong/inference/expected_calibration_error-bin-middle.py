# cause: Compares the accuracy with the middle of the bin instead of the mean confidence in it
# function: expected_calibration_error
import torch


def expected_calibration_error(confidences, correct, n_bins=10):
    if not len(confidences):
        raise ValueError("no predictions")
    c, y = confidences.double(), correct.double()
    which = (torch.ceil(c * n_bins) - 1).clamp(min=0)
    result = 0.0
    for b in range(n_bins):
        here = which == b
        count = int(here.sum())
        if count:
            middle = (b + 0.5) / n_bins
            result += count / len(c) * abs(y[here].mean().item() - middle)
    return result
