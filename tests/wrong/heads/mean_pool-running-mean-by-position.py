# cause: The running mean divides by t + 1, not by the number of real tokens so far.
# function: mean_pool

import torch
from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    real = mask.bool().unsqueeze(-1)
    average = torch.zeros_like(hidden[:, 0])
    for t in range(hidden.shape[1]):
        updated = average + (hidden[:, t] - average) / (t + 1)
        average = torch.where(real[:, t], updated, average)
    return average
