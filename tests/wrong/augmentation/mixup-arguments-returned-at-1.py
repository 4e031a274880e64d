# cause: for lam=1 the arguments themselves are returned, so the results share memory with x and y
# function: mixup
from torch import Tensor


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    if not x.is_floating_point():
        raise TypeError("token ids cannot be mixed")
    if not y.is_floating_point():
        y = y.float()
    if lam == 1:
        # nothing to mix
        return x, y
    mixed_x = lam * x + (1 - lam) * x[perm]
    mixed_y = lam * y + (1 - lam) * y[perm]
    return mixed_x, mixed_y
