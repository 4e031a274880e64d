# cause: sums the squares of a float16 gradient in float16, so the norm overflows or vanishes
# function: clip_grad_norm

import math
from collections.abc import Iterable
from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    grads = [g for p in params if (g := p.grad) is not None]
    norm = math.sqrt(sum(g.pow(2).sum().item() for g in grads))
    for g in grads if norm > max_norm else ():
        g.mul_(max_norm / norm)
    return norm
