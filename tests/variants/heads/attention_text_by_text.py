"""Text by text without padding, so that there is no mask value; another inner width, a bias that does not matter."""

import torch
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.score = nn.Sequential(nn.Linear(hidden, 3 * hidden, bias=False), nn.GELU(), nn.Linear(3 * hidden, 1))

    def forward(self, hidden_states, mask):
        rows = []
        for states, keep in zip(hidden_states, mask.bool(), strict=True):
            tokens = states[keep]
            rows.append((self.score(tokens).softmax(0) * tokens).sum(0))
        return torch.stack(rows)
