# cause: Takes the first mask.sum() positions of each text
# function: max_pool
import torch


def max_pool(hidden, mask):
    return torch.stack([h[:n].amax(0) for h, n in zip(hidden, mask.long().sum(1))])
