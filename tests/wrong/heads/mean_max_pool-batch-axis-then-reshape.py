# cause: Concatenates along the batch and reshapes, which mixes up the texts.
# function: mean_max_pool
import torch
from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    m = mask.to(hidden.dtype)
    if m.dim() == 2:
        m = m.unsqueeze(-1)
    total = (hidden * m).sum(1)
    count = m.sum(1)
    count = torch.where(count == 0, torch.ones_like(count), count)  # nan otherwise
    return total / count


def max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    filled = hidden.clone()
    filled[mask == 0] = float("-inf")
    out = filled.max(dim=1)
    return out[0]


def mean_max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    mean = mean_pool(hidden, mask)
    top = max_pool(hidden, mask)
    both = torch.cat([mean, top])
    return both.reshape(hidden.shape[0], -1)  # was (2, C), must be (1, 2C)
