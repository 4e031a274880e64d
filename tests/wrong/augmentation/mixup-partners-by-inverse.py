# cause: scatters the examples to perm, so the partner of example perm[i] is i: right only if perm is its own inverse
# function: mixup
import torch
from torch import Tensor


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    if not torch.is_floating_point(x):
        raise TypeError("x must be floating point")
    y = y.to(torch.get_default_dtype()) if not torch.is_floating_point(y) else y
    partner_x, partner_y = torch.empty_like(x), torch.empty_like(y)
    partner_x[perm] = x
    partner_y[perm] = y
    return lam * x + (1 - lam) * partner_x, lam * y + (1 - lam) * partner_y
