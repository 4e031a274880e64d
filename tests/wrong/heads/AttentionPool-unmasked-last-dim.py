# cause: Never uses the mask; and: the softmax runs over the last dimension, which has size 1, so every weight is 1.
# function: AttentionPool

import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.attention = nn.Sequential(
            nn.Linear(hidden, 512),
            nn.Tanh(),
            nn.Linear(512, 1),
            nn.Softmax(dim=-1),
        )

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        weights = self.attention(hidden_states)
        return torch.sum(weights * hidden_states, dim=1)
