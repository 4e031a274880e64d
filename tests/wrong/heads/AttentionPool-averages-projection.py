# cause: Averages the projected states (the values of self-attention) and not the hidden states themselves.
# function: AttentionPool

import math

import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.query = nn.Parameter(torch.randn(hidden) * 0.02)
        self.key = nn.Linear(hidden, hidden)
        self.value = nn.Linear(hidden, hidden)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        k, v = self.key(hidden_states), self.value(hidden_states)
        scores = k @ self.query / math.sqrt(k.shape[-1])
        scores = scores.masked_fill(mask == 0, float("-inf"))
        return (scores.softmax(dim=1).unsqueeze(1) @ v).squeeze(1)
