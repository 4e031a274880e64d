# cause: The labels stay those of the example, only the features are mixed
# function: mixup
import torch


def mixup(x, y, lam, perm):
    if not torch.is_floating_point(x):
        raise TypeError("mixup needs floating point features")
    mixed = torch.lerp(x[perm], x, lam)
    return mixed, y.to(x.dtype).clone()
