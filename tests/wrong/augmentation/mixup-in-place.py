# cause: Mixes in place with mul_ and add_, so the arguments of the caller change
# function: mixup
def mixup(x, y, lam, perm):
    if not x.is_floating_point():
        raise TypeError("x holds integers")
    y = y.to(x.dtype)
    px, py = x[perm], y[perm]
    return x.mul_(lam).add_((1 - lam) * px), y.mul_(lam).add_((1 - lam) * py)
