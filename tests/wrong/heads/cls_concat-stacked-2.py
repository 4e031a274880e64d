# cause: The states are stacked in a new dimension, (B, n_last, C), and not put side by side.
# function: cls_concat

import torch
from torch import Tensor


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    picked = [hidden_states[-i][:, 0, :] for i in range(1, n_last + 1)]
    return torch.stack(picked, dim=1)
