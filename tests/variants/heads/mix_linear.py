"""A linear layer from N to 1 without bias holds the numbers, and is applied with normalised weights."""

import torch
import torch.nn.functional as F
from torch import nn


class LayerMix(nn.Module):
    def __init__(self, n_states):
        super().__init__()
        self.linear = nn.Linear(n_states, 1, bias=False)
        nn.init.constant_(self.linear.weight, 0.3)

    def forward(self, hidden_states):
        states = torch.stack(list(hidden_states), dim=-1)
        weights = (self.linear.weight - self.linear.weight.max()).exp()
        return F.linear(states, weights / weights.sum()).squeeze(-1)
