# cause: The mean half divides every text by the number of real tokens in the whole batch (sum without an axis).
# function: mean_max_pool
import numpy as np
import torch
from torch import Tensor


def mean_max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """Concatenate both poolings."""
    real = (mask != 0)[..., None]
    mean = torch.where(real, hidden, 0).sum(axis=1) / real.sum()
    top = torch.where(real, hidden, -np.inf).amax(axis=1)
    return torch.concatenate([mean, top], axis=1)
