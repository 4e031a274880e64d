# cause: The maxima come first and then the means.
# function: mean_max_pool
import torch


def mean_max_pool(hidden, mask):
    m = mask.unsqueeze(-1).bool()
    mean = hidden.masked_fill(~m, 0.0).sum(1) / m.sum(1)
    mx = hidden.masked_fill(~m, float("-inf")).amax(1)
    return torch.cat([mx, mean], dim=1)
