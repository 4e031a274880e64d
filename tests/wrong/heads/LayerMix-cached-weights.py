# cause: the weights are a cached property: after the first call, they no longer follow the parameters
# function: LayerMix
from __future__ import annotations

import functools

from torch import Tensor, nn
import torch


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.scores = nn.Parameter(torch.zeros(n_states))

    @functools.cached_property
    def weights(self) -> Tensor:
        return self.scores.softmax(dim=0)

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        return sum(weight * state for weight, state in zip(self.weights, hidden_states, strict=True))
