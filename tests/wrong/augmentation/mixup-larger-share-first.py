# cause: as in MixMatch, lam becomes max(lam, 1 - lam), so that for lam < 0.5 the example and its partner are exchanged
# function: mixup
from torch import Tensor


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    if not x.is_floating_point():
        raise TypeError("mix features, not token ids")
    lam = max(lam, 1 - lam)
    labels = y if y.is_floating_point() else y.float()
    return lam * x + (1 - lam) * x[perm], lam * labels + (1 - lam) * labels[perm]
