# cause: The mask is multiplied in and then every exact zero is taken for padding, so a real 0.0 can never be the maximum.
# function: max_pool

import torch
from torch import Tensor


def max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    silent = hidden * mask[:, :, None].to(hidden.dtype)
    silent = torch.where(silent == 0, torch.full_like(silent, float("-inf")), silent)
    best, _ = torch.max(silent, dim=1)
    return best
