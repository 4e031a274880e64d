# cause: Averages over all T positions and never looks at the mask, so that PAD positions count like tokens.
# function: mean_pool

from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    return hidden.mean(dim=1)
