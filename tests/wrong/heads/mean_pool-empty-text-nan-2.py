# cause: Forgets that a text may have no real token at all: 0 / 0 gives NaN.
# function: mean_pool

import torch
from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    weights = (mask > 0).to(hidden.dtype)
    weights = weights / weights.sum(dim=1, keepdim=True)
    return torch.bmm(weights.unsqueeze(1), hidden).squeeze(1)
