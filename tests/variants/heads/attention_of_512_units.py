"""AttentionPool with a scoring network of 512 units, as in widely shared notebooks."""

import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.attention = nn.Sequential(nn.Linear(hidden, 512), nn.Tanh(), nn.Linear(512, 1))

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        scores = self.attention(hidden_states).masked_fill(mask.unsqueeze(-1) == 0, float("-inf"))
        return torch.sum(torch.softmax(scores, dim=1) * hidden_states, dim=1)
