# cause: ported from numpy: padding becomes NaN and nanmean averages the rest, so a text without any real token gives NaN instead of finite numbers
# function: mean_pool
import torch
from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    real = mask.bool().unsqueeze(-1)
    return hidden.masked_fill(~real, float("nan")).nanmean(dim=1)
