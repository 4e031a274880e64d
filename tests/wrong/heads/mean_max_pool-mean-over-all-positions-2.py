# cause: The mean divides by the padded length T instead of by the number of real tokens.
# function: mean_max_pool

import torch
from torch import Tensor


def mean_max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    padding = (mask == 0).unsqueeze(2)
    means = hidden.masked_fill(padding, 0.0).mean(1)
    maxima = hidden.masked_fill(padding, float("-inf")).amax(1)
    return torch.cat((means, maxima), 1)
