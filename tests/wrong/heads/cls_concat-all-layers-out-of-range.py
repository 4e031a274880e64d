# cause: Takes n_last = N - 1 for out of range and uses one layer fewer.
# function: cls_concat

from __future__ import annotations
import logging
from typing import Final
import torch
from torch import Tensor

logger: Final = logging.getLogger(__name__)


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    states = tuple(hidden_states)
    n_layers = len(states) - 1
    if n_layers < 1:
        raise ValueError("hidden_states must hold the embeddings and at least one layer")
    if n_last not in range(1, n_layers):
        logger.warning("n_last=%d is out of range, using what there is", n_last)
        n_last = min(max(1, n_last), max(1, n_layers - 1))
    blocks = [states[n_layers - offset][:, 0, :] for offset in range(n_last)]
    return torch.cat(blocks, dim=-1)
