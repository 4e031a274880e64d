# cause: Each label is that of the one with the larger share, as if labels had to stay hard
# function: mixup
def mixup(x, y, lam, perm):
    if not x.dtype.is_floating_point:
        raise TypeError("token ids cannot be mixed")
    mixed_x = lam * x + (1 - lam) * x[perm]
    mixed_y = (y if lam >= 0.5 else y[perm]).to(x.dtype)
    return mixed_x, mixed_y.clone()
