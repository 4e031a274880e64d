# cause: for lam 0 or 1 it returns early, before the labels are converted, so integer labels come back as integers
# function: mixup

import torch


def mixup(x, y, lam, perm):
    if not x.dtype.is_floating_point:
        raise TypeError(f"cannot mix {x.dtype}")
    # no arithmetic at the ends of the range
    if lam == 1.0:
        return x.clone(), y.clone()
    if lam == 0.0:
        return x.index_select(0, perm), y.index_select(0, perm)
    y = y if y.dtype.is_floating_point else y.to(torch.float32)
    return torch.lerp(x[perm], x, lam), torch.lerp(y[perm], y, lam)
