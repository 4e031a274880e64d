# cause: Applies the softmax after the weights were spread over states whose batch is the first dimension, so it normalises over texts and not over the layers.
# function: LayerMix

import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.alpha = nn.Parameter(torch.ones(n_states))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        states = torch.stack(list(hidden_states), dim=1)  # (B, N, T, C)
        weights = self.alpha.view(1, -1, 1, 1).expand_as(states)
        return (torch.softmax(weights, dim=0) * states).sum(dim=1)
