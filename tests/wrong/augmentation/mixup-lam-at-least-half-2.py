# cause: replaces lam by max(lam, 1 - lam), as fastai and MixMatch do, so a small lam is turned around
# function: mixup
from torch import Tensor


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    if not x.is_floating_point():
        raise TypeError("mix embeddings, not token ids")
    lam = max(lam, 1 - lam)  # the example itself dominates
    mixed_x = lam * x + (1 - lam) * x[perm]
    mixed_y = lam * y + (1 - lam) * y[perm]
    return mixed_x, mixed_y
