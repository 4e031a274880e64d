# cause: Clamps every number of the gradient to max_norm (clip by value) and does not scale the whole vector.
# function: clip_grad_norm

from collections.abc import Iterable

import torch
from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    grads = [p.grad for p in params if p.grad is not None]
    norm = torch.sqrt(sum((g.pow(2).sum() for g in grads), torch.tensor(0.0))).item()
    if norm > max_norm:
        for g in grads:
            g.clamp_(-max_norm, max_norm)
    return norm
