# cause: The masked sum is divided by the padded length T instead of the number of real tokens; the maximum is right.
# function: mean_max_pool

import torch
from torch import Tensor


def mean_max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    keep = mask.bool().unsqueeze(-1)
    average = torch.where(keep, hidden, 0.0).mean(dim=1)
    largest = torch.where(keep, hidden, float("-inf")).amax(dim=1)
    return torch.cat([average, largest], dim=-1)
