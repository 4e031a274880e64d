# cause: The number of tokens is counted as the values that are not zero after masking, so a real token with a zero feature does not count for it.
# function: mean_pool

import torch
from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    masked = hidden * mask.to(hidden.dtype).unsqueeze(-1)
    count = (masked != 0).sum(dim=1).clamp(min=1)
    return masked.sum(dim=1) / count
