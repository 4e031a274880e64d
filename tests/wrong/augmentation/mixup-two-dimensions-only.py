# cause: Works for features of two dimensions only
# function: mixup
import torch
from torch import Tensor


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    if not x.is_floating_point():
        raise TypeError("x must be floating point")
    partners = perm.tolist()

    def mix(rows):
        return [[lam * a + (1 - lam) * b for a, b in zip(row, rows[partner])] for row, partner in zip(rows, partners)]

    mixed_x = torch.tensor(mix(x.tolist()), dtype=x.dtype, device=x.device)
    kind = y.dtype if y.is_floating_point() else torch.float32
    mixed_y = torch.tensor(mix(y.tolist()), dtype=kind, device=y.device)
    return mixed_x, mixed_y
