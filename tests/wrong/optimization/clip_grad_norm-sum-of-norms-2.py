# cause: Adds up the norms of the parameters, but the global norm is the root of the sum of their squares.
# function: clip_grad_norm

from collections.abc import Iterable

from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    grads = [p.grad for p in params if p.grad is not None]
    total_norm = sum(g.norm(2).item() for g in grads)
    if total_norm > max_norm:
        coef = max_norm / total_norm
        for g in grads:
            g.detach().mul_(coef)
    return float(total_norm)
