# cause: Silences the padding with zeros, but a zero beats negative values in a maximum.
# function: max_pool

import torch
from torch import Tensor


def max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    return torch.max(hidden * mask.unsqueeze(-1).to(hidden.dtype), dim=1).values
