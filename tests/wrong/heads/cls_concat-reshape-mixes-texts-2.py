# cause: the states are concatenated along the batch and then reshaped, which is right for one text and mixes several
# function: cls_concat
import torch
from torch import Tensor


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    batch = hidden_states[0].shape[0]
    return torch.cat([state[:, 0] for state in reversed(hidden_states[-n_last:])]).reshape(batch, -1)
