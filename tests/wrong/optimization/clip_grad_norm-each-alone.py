# cause: Clips each parameter by its own norm, which changes the direction of the whole gradient.
# function: clip_grad_norm

from collections.abc import Iterable

from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    squares = 0.0
    for p in params:
        if p.grad is None:
            continue
        norm = p.grad.norm().item()
        squares += norm**2
        if norm > max_norm:
            p.grad.mul_(max_norm / norm)
    return squares**0.5
