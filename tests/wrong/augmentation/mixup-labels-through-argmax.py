# cause: Turns the labels into class indices by argmax and back to one-hot (timm), so soft labels are rounded before they are mixed.
# function: mixup
import torch
from torch import Tensor


def one_hot(x, num_classes, on_value=1.0, off_value=0.0, dtype=torch.float32):
    x = x.long().view(-1, 1)
    return torch.full((x.size()[0], num_classes), off_value, device=x.device, dtype=dtype).scatter_(1, x, on_value)


def mixup_target(target, num_classes, perm, lam=1.0, dtype=torch.float32):
    y1 = one_hot(target, num_classes, dtype=dtype)
    y2 = one_hot(target[perm], num_classes, dtype=dtype)
    return y1 * lam + y2 * (1.0 - lam)


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    if not x.is_floating_point():
        raise TypeError("mixup needs floating point inputs, got %s" % x.dtype)
    x_perm = x[perm].mul_(1.0 - lam)
    mixed_x = x.mul(lam).add_(x_perm)
    target = y.argmax(dim=-1)
    mixed_y = mixup_target(target, y.shape[-1], perm, lam, y.dtype if y.is_floating_point() else torch.float32)
    return mixed_x, mixed_y
