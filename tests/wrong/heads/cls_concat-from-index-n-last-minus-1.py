# cause: Takes the states from number n_last - 1 on, which is right only if N = 2 * n_last - 1.
# function: cls_concat
import torch
from torch import Tensor


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    blocks = []
    for i, state in enumerate(hidden_states):
        if i >= n_last - 1:  # counted from 0, one was missing
            blocks.insert(0, state[:, 0, :])
    return torch.cat(blocks, dim=-1)
