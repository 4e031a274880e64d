# cause: Stacks on the last dimension and flattens, so that means and maxima alternate
# function: mean_max_pool
import torch


def mean_max_pool(hidden, mask):
    keep = mask.bool()[:, :, None]
    avg = torch.where(keep, hidden, 0.0).sum(dim=1) / keep.sum(dim=1).to(hidden.dtype)
    top = torch.where(keep, hidden, float("-inf")).max(dim=1)[0]
    return torch.stack([avg, top], dim=-1).flatten(1)
