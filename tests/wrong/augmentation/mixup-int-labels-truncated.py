# cause: The mixed labels are cast back to the dtype of y, so shares of integer labels become 0
# function: mixup
def mixup(x, y, lam, perm):
    if not x.is_floating_point():
        raise TypeError("x holds integers")
    mixed_x = x * lam + x[perm] * (1 - lam)
    mixed_y = y * lam + y[perm] * (1 - lam)
    return mixed_x.to(x.dtype), mixed_y.to(y.dtype)
