"""temperature_scale: newton's method for the inverse temperature, on the derivative of the loss, kept inside a
shrinking bracket.
"""

import math

import torch
from torch import Tensor


@torch.no_grad()
def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    scores = logits.double()
    right = scores[torch.arange(len(labels)), labels.long()]

    def slope_and_curvature(beta: float) -> tuple[float, float]:
        chances = (beta * scores).softmax(dim=-1)
        expected = torch.einsum("nc,nc->n", chances, scores)
        variance = torch.einsum("nc,nc->n", chances, (scores - expected[:, None]) ** 2)
        return float((expected - right).mean()), float(variance.mean())

    low, high, beta = 1 / 50, 1 / 0.05, 1.0
    for _ in range(200):
        slope, curvature = slope_and_curvature(beta)
        if slope > 0:
            high = beta
        else:
            low = beta
        step = beta - slope / curvature if curvature > 0 else math.nan
        before, beta = beta, step if low <= step <= high else math.sqrt(low * high)
        if abs(before - beta) < 1e-9 * beta:
            break
    return 1 / beta
