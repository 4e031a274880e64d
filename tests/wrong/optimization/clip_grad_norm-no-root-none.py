# cause: Forgets the square root, so it returns and compares the squared norm; and: does not pass over parameters without a gradient.
# function: clip_grad_norm

from collections.abc import Iterable

from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    params = list(params)
    total = 0.0
    for p in params:
        total += (p.grad.data**2).sum().item()
    if total > max_norm:
        for p in params:
            p.grad.data.mul_(max_norm / total)
    return total
