# cause: torch.linalg.norm(x, 2) of a matrix is its spectral norm.
# function: clip_grad_norm
import math
from collections.abc import Iterable
import torch
from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    g = [w.grad for w in params if w.grad is not None]
    # the norm of the concatenation is the norm of the norms
    norm = math.hypot(*(torch.linalg.norm(x.double(), 2).item() for x in g))
    if norm > max_norm:
        for x in g:
            x *= max_norm / norm
    return norm
