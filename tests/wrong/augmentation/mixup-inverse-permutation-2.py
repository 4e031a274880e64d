# cause: Writes example i to place perm[i] instead of reading its partner from there, which is the inverse permutation.
# function: mixup
import torch
from torch import Tensor


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    """Mix each example with a partner: features and labels alike."""
    if not torch.is_floating_point(x):
        raise TypeError("x must hold floats")
    y = y if torch.is_floating_point(y) else y.to(x.dtype)
    partner_x, partner_y = torch.zeros_like(x), torch.zeros_like(y)
    partner_x[perm] = x
    partner_y[perm] = y
    return lam * x + (1 - lam) * partner_x, lam * y + (1 - lam) * partner_y
