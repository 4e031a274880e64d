# cause: Silences the padding by assigning into hidden itself, so the caller's tensor is modified.
# function: mean_pool

from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    hidden[mask == 0] = 0
    total = hidden.sum(1)
    count = mask.sum(1, keepdim=True).clamp(min=1)
    return total / count
