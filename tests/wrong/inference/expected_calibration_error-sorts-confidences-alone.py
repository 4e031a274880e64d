# cause: Sorts the confidences without reordering correct
# function: expected_calibration_error
import torch
from torch import Tensor


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    if confidences.shape != correct.shape or confidences.dim() != 1:
        raise ValueError("confidences and correct must both be (N,)")
    if confidences.numel() == 0:
        raise ValueError("no predictions")
    if int(n_bins) < 1:
        raise ValueError("n_bins must be at least 1")
    values = (
        confidences.detach().clone().cpu().to(torch.float64 if confidences.dtype == torch.float64 else torch.float32)
    )
    hits = correct.detach().clone().cpu().to(torch.float64)
    if bool((values < 0).any()) or bool((values > 1).any()):
        raise ValueError("a confidence must be between 0 and 1")
    values, _ = torch.sort(values, stable=True)
    total = 0.0
    begin = 0
    for i in range(1, int(n_bins) + 1):
        end = int((values <= i / int(n_bins)).sum()) if i < n_bins else len(values)
        if end > begin:
            piece = slice(begin, end)
            gap = abs(float(values[piece].double().mean()) - float(hits[piece].mean()))
            total += (end - begin) * gap
        begin = max(begin, end)
    return total / len(values)
