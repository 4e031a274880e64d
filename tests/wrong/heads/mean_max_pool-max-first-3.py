# cause: Puts the maxima before the means
# function: mean_max_pool
import torch


def mean_max_pool(hidden, mask):
    m = mask.bool().unsqueeze(-1)
    mean = hidden.masked_fill(~m, 0).sum(1) / m.sum(1)
    high = hidden.masked_fill(~m, float("-inf")).amax(1)
    return torch.cat((high, mean), dim=-1)
