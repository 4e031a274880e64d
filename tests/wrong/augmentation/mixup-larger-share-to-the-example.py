# cause: lam is replaced by max(lam, 1 - lam), as in MixMatch, so a share below one half is turned around.
# function: mixup
from torch import Tensor


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    """Mix each example with a partner: features and labels alike."""
    if not x.is_floating_point():
        raise TypeError("mixup needs floating point features, not token ids")
    lam = max(lam, 1.0 - lam)  # the example itself dominates
    targets = y if y.is_floating_point() else y.to(x.dtype)
    mixed_x = lam * x + (1 - lam) * x[perm]
    mixed_y = lam * targets + (1 - lam) * targets[perm]
    return mixed_x, mixed_y
