"""AttentionPool: gated attention as in multiple-instance learning, tanh times sigmoid, both 256 wide."""

import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.attention_v = nn.Sequential(nn.Linear(hidden, 256), nn.Tanh())
        self.attention_u = nn.Sequential(nn.Linear(hidden, 256), nn.Sigmoid())
        self.attention_w = nn.Linear(256, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        gated = self.attention_v(hidden_states) * self.attention_u(hidden_states)
        scores = self.attention_w(gated).squeeze(-1)
        scores = scores.float().masked_fill(mask == 0, -torch.inf)
        weights = scores.softmax(-1).to(hidden_states.dtype)
        return torch.bmm(weights.unsqueeze(1), hidden_states).squeeze(1)
