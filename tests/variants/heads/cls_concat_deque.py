"""cls_concat: a deque of limited length forgets the lower layers by itself, and holds the last one in front."""

from collections import deque

import torch
from torch import Tensor


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    shelf: deque[Tensor] = deque(maxlen=n_last)
    for state in hidden_states:
        shelf.appendleft(state.select(1, 0))
    return torch.hstack(tuple(shelf))
