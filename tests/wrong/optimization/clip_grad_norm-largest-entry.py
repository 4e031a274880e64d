# cause: The length is measured as the largest absolute entry (the infinity norm) and not as the Euclidean norm.
# function: clip_grad_norm

from collections.abc import Iterable

import torch
from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    grads = [p.grad for p in params if p.grad is not None]
    norm = max((g.abs().max().item() for g in grads), default=0.0)
    if norm > max_norm:
        for g in grads:
            g.mul_(max_norm / norm)
    return norm
