# cause: does not skip parameters without a gradient but gives them one of zeros
# function: clip_grad_norm

from collections.abc import Iterable
import torch
from torch import nn


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    params = list(params)
    if len(params) == 0:
        return 0.0
    for p in params:
        if p.grad is None:
            p.grad = torch.zeros_like(p)
    norms = [float(p.grad.detach().double().norm()) for p in params]
    total = float(torch.tensor(norms, dtype=torch.float64).norm())
    if total > max_norm:
        coef = max_norm / total
        for p in params:
            p.grad.mul_(coef)
    return total
