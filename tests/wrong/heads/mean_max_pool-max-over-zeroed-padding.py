# cause: The maximum is taken over states whose padding has been set to zero, so a zero wins where all real values are negative.
# function: mean_max_pool

import torch


def mean_max_pool(hidden, mask):
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    masked = hidden * weights
    mean = masked.sum(dim=1) / weights.sum(dim=1)
    maximum = masked.max(dim=1).values
    return torch.cat([mean, maximum], dim=-1)
