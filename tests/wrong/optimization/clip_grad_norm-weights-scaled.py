# cause: The factor is applied to the parameters themselves and not to their gradients.
# function: clip_grad_norm

from collections.abc import Iterable

import torch
from torch import nn


@torch.no_grad()
def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    params = [p for p in params if p.grad is not None]
    total = sum(p.grad.pow(2).sum().item() for p in params) ** 0.5
    if total > max_norm:
        factor = max_norm / total
        for p in params:
            p.mul_(factor)
    return total
