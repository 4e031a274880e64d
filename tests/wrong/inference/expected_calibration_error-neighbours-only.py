# cause: unique_consecutive merges only neighbours, so predictions of a bin that are not adjacent count as separate bins
# function: expected_calibration_error

import torch
from torch import Tensor


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    if not confidences.numel():
        raise ValueError("no predictions")
    c, ok = confidences.double(), correct.double()
    inner = torch.arange(1, n_bins, device=c.device).to(confidences.dtype) / n_bins
    _, bins = torch.bucketize(confidences, inner).unique_consecutive(return_inverse=True)
    return (torch.bincount(bins, weights=c - ok).abs().sum() / c.numel()).item()
