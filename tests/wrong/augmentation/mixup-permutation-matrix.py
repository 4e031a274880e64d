# cause: the partners are looked up by a product with a float32 matrix, which other dtypes do not go with
# function: mixup
import torch


def mixup(x, y, lam, perm):
    if not x.is_floating_point():
        raise TypeError("mixup needs features")
    matrix = torch.eye(len(perm))[perm]
    partners = (matrix @ x.reshape(len(x), -1)).reshape(x.shape)
    return lam * x + (1 - lam) * partners, lam * y + (1 - lam) * y[perm]
