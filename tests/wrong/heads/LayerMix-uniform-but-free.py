# cause: The weights start at 1 / N but are used as they are, without a softmax, so training can make them negative or let their sum drift.
# function: LayerMix

import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.full((n_states,), 1.0 / n_states))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        return sum(weight * state for weight, state in zip(self.weights, hidden_states))
