# cause: Mixes up the two results of torch.max and returns the positions and not the values.
# function: max_pool

import torch
from torch import Tensor


def max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    filled = hidden.masked_fill(mask.unsqueeze(-1) == 0, float("-inf"))
    _, pooled = torch.max(filled, dim=1)
    return pooled
