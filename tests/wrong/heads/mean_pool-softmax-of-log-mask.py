# cause: Weights are softmax(log mask): nan for a text without real tokens
# function: mean_pool
import torch
from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    weights = mask.to(hidden.dtype).log().softmax(dim=1)
    return torch.einsum("bt,btc->bc", weights, hidden)
