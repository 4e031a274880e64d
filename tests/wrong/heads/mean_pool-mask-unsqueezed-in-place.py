# cause: unsqueeze_ changes the shape of the mask that the caller passed.
# function: mean_pool
from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    weights = mask.to(hidden.dtype).unsqueeze(-1)
    total = (hidden * weights).sum(dim=1)
    mask.unsqueeze_(-1)
    count = weights.sum(dim=1).clamp(min=1)
    return total / count
