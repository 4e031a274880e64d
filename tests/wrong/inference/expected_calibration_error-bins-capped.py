# cause: Uses at most as many bins as there are predictions
# function: expected_calibration_error
from __future__ import annotations
import torch
from torch import Tensor


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    if confidences.shape != correct.shape:
        raise ValueError("confidences and correct must have the same shape")
    total = confidences.numel()
    if total == 0:
        raise ValueError("there are no predictions")
    if n_bins < 1:
        raise ValueError("n_bins must be at least 1")

    # More bins than predictions would be mostly empty.
    n_bins = min(n_bins, total)

    scores = confidences.detach().flatten()
    hits = correct.detach().flatten().to(torch.float64)
    edges = [edge / n_bins for edge in range(n_bins + 1)]

    error = 0.0
    for number, (lower, upper) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        inside = scores <= upper
        if number > 0:
            inside &= scores > lower
        count = int(inside.sum())
        if count == 0:
            continue
        gap = abs(float(scores[inside].double().mean()) - float(hits[inside].mean()))
        error += gap * count / total
    return min(max(error, 0.0), 1.0)
