# cause: follows fast.ai, which takes lam = max(lam, 1 - lam); here lam is the share of the example itself, also below one half
# function: mixup
import torch
from torch import Tensor


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    if not torch.is_floating_point(x):
        raise TypeError("mix embeddings, not token ids")
    lam = max(lam, 1 - lam)
    y = y if torch.is_floating_point(y) else y.float()
    return lam * x + (1 - lam) * x[perm], lam * y + (1 - lam) * y[perm]
