# cause: optimised too early: trims the batch to the largest number of real tokens before pooling, which loses real tokens that are not adjacent or that follow padding
# function: mean_max_pool
import torch
from torch import Tensor


def mean_max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    # nothing after the longest text is ever needed, so do not pool over it
    longest = int(mask.sum(dim=1).max())
    hidden, real = hidden[:, :longest], mask[:, :longest].bool().unsqueeze(-1)
    count = real.sum(dim=1).clamp(min=1)
    mean = hidden.masked_fill(~real, 0.0).sum(dim=1) / count
    peak = hidden.masked_fill(~real, float("-inf")).amax(dim=1)
    return torch.cat([mean, peak], dim=-1)
