# cause: compares the squared norm with max_norm, not with its square
# function: clip_grad_norm

import math
from collections.abc import Iterable
import torch
from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    grads = [p.grad.detach() for p in params if p.grad is not None]
    energy = math.fsum((torch.linalg.vector_norm(g, dtype=torch.float64).item() ** 2 for g in grads))
    if energy <= max_norm:
        return math.sqrt(energy)
    norm = math.sqrt(energy)
    torch._foreach_mul_(grads, max_norm / norm)
    return norm
