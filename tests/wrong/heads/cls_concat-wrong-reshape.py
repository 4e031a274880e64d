# cause: Reshapes a stack (n_last, B, C) to (B, n_last * C) without moving the batch to the front, so that the texts are mixed.
# function: cls_concat

import torch
from torch import Tensor


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    last = torch.stack([state[:, 0] for state in hidden_states[::-1][:n_last]])
    return last.reshape(last.shape[1], -1)
