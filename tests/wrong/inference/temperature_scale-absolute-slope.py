# cause: Bisection stops as soon as the slope is below an absolute 0.002, so with small logits T is off by more than 1%.
# function: temperature_scale

import torch
from torch import Tensor

@torch.no_grad()
def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    z = logits.double()
    true = z.gather(1, labels.long()[:, None]).mean()
    low, high = 1 / 50, 1 / 0.05
    for _ in range(60):
        beta = (low + high) / 2
        slope = ((beta * z).softmax(1) * z).sum(1).mean() - true
        if abs(slope) < 2e-3:
            break
        if slope > 0:
            high = beta
        else:
            low = beta
    return 1 / beta
