# cause: the softmax weights are clamped from below at 0.01 and not renormalised, so they sum to more than 1 if training makes a weight small
# function: LayerMix
from __future__ import annotations

import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    """Softmax-weighted average of all states."""

    # Keeps every layer reachable by the gradient, even if training pushes its weight towards zero.
    MIN_WEIGHT = 1e-2

    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.layer_scores = nn.Parameter(torch.zeros(n_states))

    def weights(self) -> Tensor:
        return torch.softmax(self.layer_scores, dim=0).clamp(min=self.MIN_WEIGHT)

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        stacked = torch.stack(tuple(hidden_states), dim=0)
        weights = self.weights().to(stacked.dtype).view(-1, 1, 1, 1)
        return (weights * stacked).sum(dim=0)
