# cause: takes bucketize(right=True) to mean bins that are closed on the right, but it puts a confidence on an edge into the bin above
# function: expected_calibration_error
import torch
from torch import Tensor


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    total = confidences.numel()
    if total == 0:
        raise ValueError("there are no predictions")
    inner = (torch.arange(1, n_bins, dtype=torch.float64) / n_bins).to(confidences.dtype)
    places = torch.bucketize(confidences, inner, right=True)
    hits = correct.to(confidences.dtype)
    error = 0.0
    for b in range(n_bins):
        members = places == b
        n = int(members.sum())
        if n:
            error += n / total * abs(confidences[members].mean().item() - hits[members].mean().item())
    return error
