# cause: Every sum is divided by the number of tokens of the longest text in the batch instead of by the text's own.
# function: mean_pool

import torch


def mean_pool(hidden, mask):
    m = mask.to(hidden.dtype)
    summed = torch.einsum("btc,bt->bc", hidden.masked_fill(~mask.bool().unsqueeze(-1), 0), m)
    length = m.sum(dim=1).max().clamp(min=1)
    return summed / length
