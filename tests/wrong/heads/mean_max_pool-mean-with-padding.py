# cause: The maximum is masked but the mean divides by T, padding included
# function: mean_max_pool
import torch


def mean_max_pool(hidden, mask):
    m = mask.unsqueeze(-1).to(hidden.dtype)
    mean = (hidden * m).mean(dim=1)
    mx = torch.where(m > 0, hidden, torch.finfo(hidden.dtype).min).max(dim=1).values
    return torch.cat([mean, mx], dim=1)
