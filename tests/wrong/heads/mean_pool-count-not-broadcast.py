# cause: The count has shape (B,) and meets (B, C), which raises or divides each feature by another text's count.
# function: mean_pool

from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    mask = mask.to(hidden.dtype)
    summed = (hidden * mask.unsqueeze(-1)).sum(dim=1)
    counts = mask.sum(dim=1).clamp(min=1.0)
    return summed / counts
