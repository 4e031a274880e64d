# cause: Scales every gradient to max_norm without asking whether it is longer, so short ones grow.
# function: clip_grad_norm

from collections.abc import Iterable

import torch
from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    grads = [p.grad for p in params if p.grad is not None]
    if not grads:
        return 0.0
    total = torch.cat([g.flatten() for g in grads]).norm().item()
    if total == 0:
        return 0.0
    for g in grads:
        g.mul_(max_norm / total)
    return total
