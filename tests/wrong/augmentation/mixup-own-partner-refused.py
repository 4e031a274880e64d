# cause: A permutation in which an example is its own partner is refused.
# function: mixup

import torch
from torch import Tensor


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    if not x.is_floating_point():
        raise TypeError(f"x must hold floating-point numbers, got {x.dtype}")
    if bool((perm == torch.arange(len(x))).any()):
        raise ValueError("an example cannot be its own partner")
    return x * lam + x[perm] * (1 - lam), y * lam + y[perm] * (1 - lam)
