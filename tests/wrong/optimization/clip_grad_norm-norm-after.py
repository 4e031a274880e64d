# cause: Returns the norm after clipping and not the one before.
# function: clip_grad_norm

import math
from collections.abc import Iterable

from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    grads = [p.grad for p in params if p.grad is not None]

    def length() -> float:
        return math.sqrt(sum(g.square().sum().item() for g in grads))

    norm = length()
    if norm > max_norm:
        for g in grads:
            g.mul_(max_norm / norm)
    return length()
