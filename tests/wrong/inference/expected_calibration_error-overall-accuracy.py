# cause: Uses the accuracy of all predictions instead of that of the bin
# function: expected_calibration_error
import torch
from torch import Tensor


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    n = len(confidences)
    if n == 0:
        raise ValueError("no predictions")
    ece = 0.0
    for b in range(n_bins):
        lo, hi = torch.tensor([b / n_bins, (b + 1) / n_bins]).to(confidences)
        m = (confidences > lo) & (confidences <= hi)
        if b == 0:
            m = m | (confidences == 0)
        if m.sum() == 0:
            continue
        conf = confidences[m].float().mean()
        acc = correct.float().mean()
        ece += (conf - acc).abs().item() * m.sum().item() / n
    return ece
