# cause: State[0] is taken for the first token, but the first axis is the batch; it is the first text.
# function: cls_concat

import torch
from torch import Tensor


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    return torch.cat([hidden_states[-i][0] for i in range(1, n_last + 1)], dim=-1)
