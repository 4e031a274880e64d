# cause: the mask is turned into lengths and the first n positions are averaged, although real tokens need not be adjacent
# function: mean_pool
import torch
from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    lengths = mask.long().sum(dim=1)
    real = torch.arange(hidden.shape[1], device=hidden.device) < lengths.unsqueeze(1)
    total = hidden.masked_fill(~real.unsqueeze(-1), 0.0).sum(dim=1)
    return total / lengths.clamp(min=1).unsqueeze(1)
