# cause: pushes padding down by adding -10000, as BERT's extended attention mask does, which very small real values or large PAD values defeat
# function: max_pool
from torch import Tensor


def max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    extended = (1.0 - mask.unsqueeze(-1).to(hidden.dtype)) * -10000.0
    return (hidden + extended).max(dim=1).values
