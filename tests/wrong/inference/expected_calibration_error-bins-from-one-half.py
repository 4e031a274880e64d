# cause: Divides only the range from 0.5 to 1 into bins, since the confidence of two classes cannot be lower; lower ones share the first bin.
# function: expected_calibration_error
import torch
from torch import Tensor


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    """Average gap between confidence and accuracy."""
    if len(confidences) == 0:
        raise ValueError("no predictions")
    edges = torch.linspace(0.5, 1.0, n_bins + 1)[1:-1].to(confidences)
    which = torch.bucketize(confidences, edges)
    total = 0.0
    for index in which.unique():
        chosen = which == index
        gap = (confidences[chosen].mean() - correct[chosen].to(confidences.dtype).mean()).abs()
        total += gap.item() * chosen.sum().item()
    return total / len(confidences)
