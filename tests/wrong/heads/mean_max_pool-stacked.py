# cause: Mean and maximum are stacked to (B, 2, C) instead of joined to (B, 2C).
# function: mean_max_pool
import torch


def mean_max_pool(hidden, mask):
    f = mask.unsqueeze(-1).float()
    avg = (hidden * f).sum(1) / f.sum(1).clamp(min=1)
    mx, _ = hidden.masked_fill(f == 0, float("-inf")).max(1)
    return torch.stack((avg, mx), dim=1)
