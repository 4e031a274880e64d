# cause: the copy of the labels is scaled in place, which integers do not allow
# function: mixup
def mixup(x, y, lam, perm):
    if not x.is_floating_point():
        raise TypeError("mixup needs features")
    mixed_y = y.clone()
    mixed_y *= lam
    mixed_y += (1 - lam) * y[perm]
    return lam * x + (1 - lam) * x[perm], mixed_y
