# cause: Subtracts the confidences in place from correct.float(), which is the caller's tensor if correct is float32
# function: expected_calibration_error
import torch
from torch import Tensor


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    n = confidences.numel()
    if n == 0:
        raise ValueError("no predictions")
    edges = torch.arange(1, n_bins, device=confidences.device).double().div_(n_bins).to(confidences.dtype)
    which = torch.bucketize(confidences.detach(), edges)  # on an edge: the bin below

    # n_b / N * |mean conf - accuracy| = |sum of (hit - conf)| / N, so no division per bin and no empty bins
    diff = correct.float()
    diff -= confidences.detach()
    return torch.zeros(n_bins, device=diff.device).index_add_(0, which, diff).abs_().sum().item() / n
