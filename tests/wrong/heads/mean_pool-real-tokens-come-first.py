# cause: The mask is reduced to a length, and the first `length` positions are averaged, though the real tokens need not be adjacent.
# function: mean_pool
import torch
from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """Average the real tokens of each text."""
    lengths = mask.long().sum(dim=1, keepdim=True)
    real = torch.arange(hidden.size(1), device=hidden.device)[None, :] < lengths
    total = (hidden * real.unsqueeze(-1).to(hidden.dtype)).sum(dim=1)
    return total / lengths.clamp(min=1).to(hidden.dtype)
