# cause: padding is filled with -10000, BERT's old mask constant, which wins against real values that are even smaller
# function: max_pool
from torch import Tensor


def max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    return hidden.masked_fill(~mask.bool().unsqueeze(-1), -10000.0).max(dim=1).values
