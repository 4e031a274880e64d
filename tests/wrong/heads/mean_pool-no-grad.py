# cause: Treats pooling as inference and runs it under no_grad, so no gradient reaches the encoder.
# function: mean_pool

import torch
from torch import Tensor


@torch.no_grad()
def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """Average the real tokens."""
    m = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * m).sum(1) / m.sum(1).clamp(min=1e-9)
