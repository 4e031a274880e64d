# cause: Each token gets its own sigmoid gate instead of a share from a softmax, so the weights do not sum to one.
# function: AttentionPool

import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.attention = nn.Sequential(nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        scores = self.attention(hidden_states).squeeze(-1)
        weights = torch.sigmoid(scores) * mask.to(scores.dtype)
        return torch.einsum("bt,btc->bc", weights, hidden_states)
