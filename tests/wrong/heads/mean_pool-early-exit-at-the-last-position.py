# cause: early exit to the plain mean if the last position of every text is real
# function: mean_pool
from __future__ import annotations
import torch
from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    m = (mask != 0).to(hidden.dtype)
    if bool((m[:, -1] != 0).all()):
        # every text fills the batch to its end: no padding, plain mean
        return hidden.mean(1)
    total = torch.bmm(m.unsqueeze(1), hidden).squeeze(1)
    return total / m.sum(1, keepdim=True).clamp_(min=1)
