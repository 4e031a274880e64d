# cause: Calls mul without the underscore and throws the result away, so no gradient is shortened.
# function: clip_grad_norm

from collections.abc import Iterable

import torch
from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    params = [p for p in params if p.grad is not None]
    if len(params) == 0:
        return 0.0
    norm = torch.stack([torch.linalg.vector_norm(p.grad) for p in params]).norm().item()
    if norm > max_norm:
        scale = max_norm / norm
        for p in params:
            p.grad.mul(scale)
    return norm
