# cause: Counts from -0: hidden_states[-i] for i = 0 is the embedding output and not the last layer.
# function: cls_concat

import torch
from torch import Tensor


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    return torch.cat([hidden_states[-i][:, 0] for i in range(n_last)], dim=-1)
