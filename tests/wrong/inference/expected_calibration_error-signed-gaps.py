# cause: Confidence minus accuracy is summed with its sign, so an overconfident bin cancels an underconfident one.
# function: expected_calibration_error
import torch
from torch import Tensor


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    """Average gap between confidence and accuracy."""
    n = confidences.numel()
    if n == 0:
        raise ValueError("no predictions")
    edges = torch.linspace(0, 1, n_bins + 1)
    error = 0.0
    for i in range(n_bins):
        in_bin = (confidences > edges[i]) & (confidences <= edges[i + 1])
        if i == 0:
            in_bin |= confidences == 0
        size = int(in_bin.sum())
        if size > 0:
            gap = confidences[in_bin].mean() - correct[in_bin].float().mean()
            error += size / n * gap.item()
    return abs(error)
