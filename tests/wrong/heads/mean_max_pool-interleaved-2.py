# cause: Interleaves mean and maximum feature by feature, where all means should come before all maxima.
# function: mean_max_pool

import torch
from torch import Tensor


def mean_max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    pad = mask.unsqueeze(-1).eq(0)
    count = mask.sum(1, keepdim=True)
    mean = hidden.masked_fill(pad, 0.0).sum(1) / count
    top = hidden.masked_fill(pad, torch.finfo(hidden.dtype).min).max(1).values
    return torch.stack((mean, top), dim=-1).flatten(1)
