# cause: The attention weights go through dropout in training, so they do not sum to one and a single token is not returned as it is.
# function: AttentionPool

import torch
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.score = nn.Sequential(nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1, bias=False))
        self.dropout = nn.Dropout(0.1)

    def forward(self, hidden_states, mask):
        padding = mask.unsqueeze(-1) == 0
        scores = self.score(hidden_states).masked_fill(padding, float("-inf"))
        weights = self.dropout(torch.softmax(scores, dim=1))
        return (weights * hidden_states.masked_fill(padding, 0.0)).sum(dim=1)
