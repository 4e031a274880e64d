# cause: Padding is filled with -10000, so a text whose values are all lower gets -10000.
# function: max_pool
import torch


def max_pool(hidden, mask):
    fill = torch.full_like(hidden, -1e4)
    h = torch.where(mask[..., None].bool(), hidden, fill)
    return torch.amax(h, dim=1)
