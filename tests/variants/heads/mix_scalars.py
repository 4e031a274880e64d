"""One scalar parameter per state, in a list; positive through softplus, normalised by hand, added up in a loop."""

import torch
import torch.nn.functional as F
from torch import nn


class LayerMix(nn.Module):
    def __init__(self, n_states):
        super().__init__()
        self.scalars = nn.ParameterList(torch.tensor(0.5) for _ in range(n_states))

    def forward(self, hidden_states):
        weights = [F.softplus(scalar) for scalar in self.scalars]
        total = sum(weights)
        mixed = torch.zeros_like(hidden_states[0])
        for weight, state in zip(weights, hidden_states, strict=True):
            mixed = mixed + weight / total * state
        return mixed
