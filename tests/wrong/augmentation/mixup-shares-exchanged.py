# cause: Lam goes to the partner and 1 - lam to the example itself
# function: mixup
def mixup(x, y, lam, perm):
    if not x.is_floating_point():
        raise TypeError("x holds integers")
    y = y.to(x.dtype)
    return (1 - lam) * x + lam * x[perm], (1 - lam) * y + lam * y[perm]
