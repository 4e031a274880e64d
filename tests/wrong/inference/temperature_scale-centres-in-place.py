# cause: subtracts the largest logit of every row in place, for stability, and so modifies the logits of the caller
# function: temperature_scale
import torch
from torch import Tensor


@torch.no_grad()
def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    logits -= logits.max(dim=-1, keepdim=True).values
    z = logits.double()
    true = z.gather(-1, labels.long()[:, None]).squeeze(-1)
    low, high = 1 / 50, 1 / 0.05
    for _ in range(60):
        beta = (low * high) ** 0.5
        expected = ((beta * z).softmax(dim=-1) * z).sum(dim=-1)
        if (expected - true).mean() > 0:
            high = beta
        else:
            low = beta
    return 1 / beta
