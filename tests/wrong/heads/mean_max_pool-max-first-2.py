# cause: Joins the two poolings in the wrong order, maxima first and means second.
# function: mean_max_pool

import torch
from torch import Tensor


def mean_max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    m = mask.unsqueeze(-1).bool()
    avg = hidden.masked_fill(~m, 0.0).sum(1) / m.sum(1)
    mx = hidden.masked_fill(~m, float("-inf")).amax(1)
    return torch.cat((mx, avg), dim=1)
