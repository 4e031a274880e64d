# cause: The sum runs over all positions, padding included; only the divisor looks at the mask.
# function: mean_pool
import torch


def mean_pool(hidden, mask):
    lengths = mask.sum(dim=1, keepdim=True)
    lengths = torch.clamp(lengths, min=1)
    return hidden.sum(dim=1) / lengths
