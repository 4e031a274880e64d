# cause: Lam is replaced by max(lam, 1 - lam), a rule of MixMatch, so a lam below one half is turned around.
# function: mixup


def mixup(x, y, lam, perm):
    if not x.is_floating_point():
        raise TypeError("x must be floating point")
    lam = max(lam, 1 - lam)
    mixed_x = lam * x + (1 - lam) * x[perm]
    mixed_y = lam * y + (1 - lam) * y[perm]
    return mixed_x, mixed_y
