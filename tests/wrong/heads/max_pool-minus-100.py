# cause: Padding is filled with -100, which is believed to be below anything, so a feature whose real values are all smaller gets -100.
# function: max_pool

import torch


def max_pool(hidden, mask):
    filled = torch.where(mask[..., None].bool(), hidden, torch.full_like(hidden, -100.0))
    return filled.amax(dim=1)
