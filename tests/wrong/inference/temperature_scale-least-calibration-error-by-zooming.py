# cause: Minimises the expected calibration error instead of the cross-entropy
# function: temperature_scale
from __future__ import annotations
from collections.abc import Callable
import torch
from torch import Tensor


def ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def zoom(cost: Callable[[float], float], low: float, high: float, rounds: int = 8, points: int = 41) -> float:
    for _ in range(rounds):
        grid = torch.logspace(*torch.tensor([low, high], dtype=torch.float64).log10(), points, dtype=torch.float64)
        best = min(range(points), key=lambda i: cost(grid[i].item()))
        low, high = (grid[max(best - 1, 0)].item(), grid[min(best + 1, points - 1)].item())
    return (low * high) ** 0.5


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    inner = torch.arange(1, n_bins, dtype=confidences.dtype) / n_bins
    bins = torch.bucketize(confidences, inner)
    gaps = (confidences.double() - correct.double()).tolist()
    surplus = [0.0] * n_bins
    for i, gap in zip(bins.tolist(), gaps):
        surplus[i] += gap
    return ratio(sum(map(abs, surplus)), len(gaps))


def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    scores = logits.detach().double()

    def cost(t: float) -> float:
        confidences, classes = (scores / t).softmax(-1).max(-1)
        return expected_calibration_error(confidences, classes == labels)

    return zoom(cost, 0.05, 50.0)
