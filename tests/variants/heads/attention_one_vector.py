"""A single learned vector is compared with every token; the lowest finite number instead of minus infinity."""

import torch
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.query = nn.Parameter(torch.randn(hidden) / hidden**0.5)

    def forward(self, hidden_states, mask):
        scores = (hidden_states @ self.query).masked_fill(~mask.bool(), torch.finfo(hidden_states.dtype).min)
        return (scores.softmax(-1)[:, None] @ hidden_states)[:, 0]
