# cause: Integers are turned into floats instead of refused
# function: mixup
def mixup(x, y, lam, perm):
    x = x.float()
    y = y.float()
    mix = lambda t: lam * t + (1.0 - lam) * t[perm]
    return mix(x), mix(y)
