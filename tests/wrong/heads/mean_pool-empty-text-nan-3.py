# cause: No guard against a text without any real token, which gives 0 / 0 = NaN
# function: mean_pool
import torch


def mean_pool(hidden, mask):
    weights = mask.to(hidden.dtype)
    weights = weights / weights.sum(dim=1, keepdim=True)
    return torch.einsum("btc,bt->bc", hidden, weights)
