# cause: Takes the first n_last layers from the bottom and not the last ones from the top.
# function: cls_concat

import torch
from torch import Tensor


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    layers = hidden_states[1:]  # the embeddings are none
    chosen = layers[:n_last]
    return torch.cat([layer[:, 0, :] for layer in reversed(chosen)], dim=1)
