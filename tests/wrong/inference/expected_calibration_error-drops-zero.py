# cause: every bin excludes its lower edge, the first one too, as in the snippet in circulation, so that a confidence of 0 is in no bin
# function: expected_calibration_error
import torch
from torch import Tensor


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    if confidences.numel() == 0:
        raise ValueError("there are no predictions")
    ece = 0.0
    for i in range(n_bins):
        in_bin = confidences.gt(i / n_bins) & confidences.le((i + 1) / n_bins)
        share = in_bin.float().mean().item()
        if share > 0:
            accuracy = correct[in_bin].float().mean().item()
            confidence = confidences[in_bin].mean().item()
            ece += abs(confidence - accuracy) * share
    return ece
