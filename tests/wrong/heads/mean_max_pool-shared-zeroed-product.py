# cause: multiplies by the mask once and uses the product for the maximum as well, so the zeros of padding win against negative features
# function: mean_max_pool
import torch
from torch import Tensor


def mean_max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    masked = hidden * weights
    mean = masked.sum(dim=1) / weights.sum(dim=1).clamp(min=1)
    return torch.cat([mean, masked.amax(dim=1)], dim=-1)
