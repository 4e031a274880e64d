# cause: Writes example i to the place perm[i], which pairs the examples by the inverse permutation
# function: mixup
import torch


def mixup(x, y, lam, perm):
    if not x.is_floating_point():
        raise TypeError("x must be floating point")
    y = y.to(x.dtype)
    partner_x, partner_y = torch.empty_like(x), torch.empty_like(y)
    partner_x[perm] = x
    partner_y[perm] = y
    return lam * x + (1 - lam) * partner_x, lam * y + (1 - lam) * partner_y
