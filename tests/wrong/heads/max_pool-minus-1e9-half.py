# cause: Fills the padding with -1e9, which float16 cannot hold, so half precision raises.
# function: max_pool

from torch import Tensor


def max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    expanded = mask.unsqueeze(-1).expand(hidden.size())
    embeddings = hidden.masked_fill(expanded == 0, -1e9)
    return embeddings.amax(dim=1)
