# cause: Adds -10000 to PAD as in the attention mask of BERT, but a PAD state that is large enough still wins.
# function: max_pool

from torch import Tensor


def max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    penalty = (1.0 - mask.to(hidden.dtype)) * -10000.0
    return (hidden + penalty.unsqueeze(-1)).max(dim=1).values
