# cause: Uses adaptive_max_pool1d without a transpose, so the maximum runs over the features and not over the tokens.
# function: max_pool

import torch.nn.functional as F
from torch import Tensor


def max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    filled = hidden.masked_fill(~mask.bool().unsqueeze(2), float("-inf"))
    return F.adaptive_max_pool1d(filled, 1).squeeze(-1)
