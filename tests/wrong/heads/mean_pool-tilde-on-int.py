# cause: Believes that ~mask inverts an integer mask, but ~1 is -2, so masked_fill refuses every mask that is not bool.
# function: mean_pool

from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    masked = hidden.masked_fill(~mask[:, :, None], 0.0)
    return masked.sum(1) / mask.sum(1)[:, None].clamp(min=1)
