# cause: always multiplies by max_norm / norm, so that a gradient shorter than max_norm is made longer
# function: clip_grad_norm
from collections.abc import Iterable

import torch
from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    grads = [parameter.grad for parameter in params if parameter.grad is not None]
    if not grads:
        return 0.0
    total_norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(grad) for grad in grads]))
    scale = max_norm / (total_norm + 1e-6)
    for grad in grads:
        grad.mul_(scale)
    return total_norm.item()
