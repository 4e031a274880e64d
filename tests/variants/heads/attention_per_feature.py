"""Every feature has weights of its own over the tokens; exponentials, masked and normalised by hand."""

import torch
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.key = nn.Linear(hidden, hidden)
        self.dropout = nn.Dropout(0.1)

    def forward(self, hidden_states, mask):
        scores = torch.tanh(self.key(self.dropout(hidden_states)))
        weights = torch.exp(scores) * mask[..., None]
        return (weights * hidden_states).sum(1) / weights.sum(1)
