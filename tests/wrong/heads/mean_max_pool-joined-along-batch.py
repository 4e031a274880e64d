# cause: The two poolings are joined along the batch, giving (2B, C).
# function: mean_max_pool
import torch


def mean_max_pool(hidden, mask):
    f = mask[..., None].to(hidden.dtype)
    avg = (hidden * f).sum(1) / f.sum(1)
    mx = torch.where(f > 0, hidden, torch.tensor(float("-inf"))).max(dim=1).values
    return torch.cat([avg, mx])
