# cause: Goes through params twice, but a generator is used up after the norm, so nothing is clipped.
# function: clip_grad_norm

import math
from collections.abc import Iterable

from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    total = math.sqrt(sum(float((p.grad**2).sum()) for p in params if p.grad is not None))
    if total > max_norm:
        for p in params:
            if p.grad is not None:
                p.grad *= max_norm / total
    return total
