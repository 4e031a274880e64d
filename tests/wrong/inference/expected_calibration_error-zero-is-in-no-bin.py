# cause: every bin is (low, high] as in the code of Guo et al., the first one too, so that a confidence of 0 is in no bin and its gap is lost
# function: expected_calibration_error
import torch
from torch import Tensor


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    if confidences.numel() == 0:
        raise ValueError("no predictions")
    edges = (torch.arange(n_bins + 1, dtype=torch.float64) / n_bins).to(confidences.dtype)
    ece = 0.0
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        inside = (confidences > low) & (confidences <= high)
        if inside.any():
            gap = (confidences[inside].mean() - correct[inside].float().mean()).abs()
            ece += gap.item() * inside.float().mean().item()
    return ece
