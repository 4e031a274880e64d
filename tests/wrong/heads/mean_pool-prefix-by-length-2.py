# cause: takes the first n positions as real, n being the number of ones in the mask, although real tokens need not be adjacent
# function: mean_pool
import torch
from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    lengths = mask.sum(dim=1)
    positions = torch.arange(hidden.size(1), device=hidden.device)
    real = positions.unsqueeze(0) < lengths.unsqueeze(1)
    summed = hidden.masked_fill(~real.unsqueeze(-1), 0).sum(dim=1)
    return summed / lengths.clamp(min=1).unsqueeze(-1).to(hidden.dtype)
