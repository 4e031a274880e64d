# cause: Reuses the zeroed states of the mean for the maximum, where the zeros of PAD beat negative values.
# function: mean_max_pool

import torch
from torch import Tensor


def mean_max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    m = mask.unsqueeze(-1).to(hidden.dtype)
    masked = hidden * m
    mean = masked.sum(dim=1) / m.sum(dim=1)
    maximum = masked.max(dim=1).values
    return torch.cat([mean, maximum], dim=-1)
