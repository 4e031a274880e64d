# cause: trusts the code that every blog copies from the temperature-scaling repository: conf > lower and conf <= upper, so a confidence of 0 falls into no bin
# function: expected_calibration_error
import torch
from torch import Tensor


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    if confidences.numel() == 0:
        raise ValueError("no predictions")
    edges = [torch.tensor(i / n_bins, dtype=confidences.dtype) for i in range(n_bins + 1)]
    ece = 0.0
    for lower, upper in zip(edges[:-1], edges[1:]):
        in_bin = (confidences > lower) & (confidences <= upper)
        share = in_bin.double().mean().item()
        if share > 0:
            accuracy = correct[in_bin].double().mean().item()
            confidence = confidences[in_bin].double().mean().item()
            ece += abs(confidence - accuracy) * share
    return ece
