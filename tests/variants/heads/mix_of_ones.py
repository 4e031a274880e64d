"""Ones at the start, which a softmax makes uniform too; a stack, a product that broadcasts, a sum."""

import torch
from torch import nn


class LayerMix(nn.Module):
    def __init__(self, n_states):
        super().__init__()
        self.weights = nn.Parameter(torch.ones(n_states, 1, 1, 1))

    def forward(self, hidden_states):
        return (torch.stack(hidden_states) * torch.softmax(self.weights, dim=0)).sum(0)
