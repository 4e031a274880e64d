# cause: every gradient is shortened to max_norm by its own norm instead of all of them by the same factor
# function: clip_grad_norm
from collections.abc import Iterable

from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    total = 0.0
    for param in params:
        if param.grad is None:
            continue
        norm = param.grad.norm(2).item()
        total += norm**2
        if norm > max_norm:
            param.grad.mul_(max_norm / norm)
    return total**0.5
