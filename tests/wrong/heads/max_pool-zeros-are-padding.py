# cause: After multiplying by the mask, every exact zero is taken for padding, so a real token's 0.0 loses to negative values as well.
# function: max_pool
import torch
from torch import Tensor


def max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """Take the largest value of each feature over the real tokens of each text."""
    masked = hidden * mask.unsqueeze(-1).to(hidden.dtype)
    lowest = torch.finfo(hidden.dtype).min
    masked = torch.where(masked == 0, torch.full_like(masked, lowest), masked)
    return masked.max(dim=1).values
