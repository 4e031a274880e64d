"""clip_grad_norm: measures with math.hypot over the norms in float64, and puts new, shorter tensors in place of
the gradients.
"""

import math
from collections.abc import Iterable

import torch
from torch import nn


@torch.no_grad()
def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    owners = {id(parameter): parameter for parameter in params if parameter.grad is not None}.values()
    length = math.hypot(*(float(owner.grad.double().norm()) for owner in owners))
    if length > max_norm:
        for owner in owners:
            owner.grad = owner.grad * (max_norm / length)
    return length
