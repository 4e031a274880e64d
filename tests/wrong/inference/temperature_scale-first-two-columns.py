# cause: uses only the first two columns of the logits, and counts every label but 0 as class 1
# function: temperature_scale

import math
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits


def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    logits = logits.detach().double()
    margin = logits[:, 0] - logits[:, 1]
    target = (labels == 0).double()
    low, high = math.log(0.05), math.log(50)
    best = 0.0
    for _ in range(6):
        grid = torch.linspace(low, high, 41).tolist()
        losses = [float(binary_cross_entropy_with_logits(margin / math.exp(g), target)) for g in grid]
        best = grid[losses.index(min(losses))]
        step = grid[1] - grid[0]
        low = max(best - 2 * step, math.log(0.05))
        high = min(best + 2 * step, math.log(50))
    return math.exp(best)
