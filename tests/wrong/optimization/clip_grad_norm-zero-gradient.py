# cause: Works out the factor before it compares, so a gradient of zeros, or none at all, is a division by zero.
# function: clip_grad_norm

import math
from collections.abc import Iterable

from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    with_grad = [p for p in params if p.grad is not None]
    total_norm = math.sqrt(sum(p.grad.detach().norm().item() ** 2 for p in with_grad))
    clip_coef = min(1.0, max_norm / total_norm)
    for p in with_grad:
        p.grad.detach().mul_(clip_coef)
    return total_norm
