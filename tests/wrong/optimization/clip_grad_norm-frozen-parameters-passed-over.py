# cause: Parameters that do not require a gradient are passed over even if they still have one, so it is neither measured nor shortened.
# function: clip_grad_norm
import math
from collections.abc import Iterable

from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    gradients = [p.grad for p in params if p.requires_grad and p.grad is not None]
    norm = math.sqrt(sum(g.detach().double().pow(2).sum().item() for g in gradients))
    if norm > max_norm:
        for gradient in gradients:
            gradient.detach().mul_(max_norm / norm)
    return norm
