# cause: The gradients are divided by the norm of the last gradient.
# function: clip_grad_norm
import math
from collections.abc import Iterable
from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    params = list(params)
    total = 0.0
    for p in params:
        if p.grad is None:
            continue
        norm = p.grad.double().norm().item()
        total += norm**2
    total = math.sqrt(total)
    if total > max_norm:
        for p in params:
            if p.grad is not None:
                p.grad.mul_(max_norm / norm)
    return total
