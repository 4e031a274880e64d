# cause: The mask is used as an index without making it bool, so an integer mask picks positions 0 and 1.
# function: mean_pool
import torch


def mean_pool(hidden, mask):
    out = torch.zeros(hidden.size(0), hidden.size(2), dtype=hidden.dtype)
    for i in range(hidden.size(0)):
        real = hidden[i][mask[i]]
        if len(real) > 0:
            out[i] = real.mean(0)
    return out
