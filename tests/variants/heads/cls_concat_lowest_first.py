"""cls_concat: the blocks in the opposite order (lowest layer first), by a stack along a new axis that is flattened."""

import torch
from torch import Tensor


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    first = torch.stack([state[:, 0, :] for state in hidden_states], dim=1)
    return first.narrow(1, len(hidden_states) - n_last, n_last).flatten(start_dim=1)
