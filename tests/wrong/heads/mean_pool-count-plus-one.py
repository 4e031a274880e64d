# cause: One is added to the number of real tokens against a division by zero.
# function: mean_pool

import torch
from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    weights = mask.to(hidden.dtype)
    total = torch.einsum("btc,bt->bc", hidden, weights)
    return total / (weights.sum(dim=1, keepdim=True) + 1)
