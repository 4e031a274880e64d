"""AttentionPool: random Fourier features in a registered buffer feed the scorer, and torch.func.vmap runs over
the texts.
"""

import math

import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    frequencies: Tensor
    phases: Tensor

    def __init__(self, hidden: int, features: int = 512) -> None:
        super().__init__()
        self.register_buffer("frequencies", torch.randn(hidden, features) / math.sqrt(hidden))
        self.register_buffer("phases", torch.rand(features) * 2 * math.pi)
        self.mlp = nn.Sequential(nn.Linear(features, 128), nn.GELU(), nn.Linear(128, 1))
        self.gain = math.sqrt(2.0 / features)

    def _one(self, states: Tensor, real: Tensor) -> Tensor:
        features = self.gain * torch.cos(states @ self.frequencies + self.phases)
        scores = self.mlp(features).squeeze(-1)
        weights = torch.softmax(torch.where(real, scores, float("-inf")), dim=0)
        return weights @ states

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool()
        states = hidden_states.masked_fill(~real.unsqueeze(-1), 0.0)
        return torch.func.vmap(self._one)(states, real)
