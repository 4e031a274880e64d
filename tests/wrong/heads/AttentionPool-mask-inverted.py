# cause: The mask is read the way key_padding_mask is in torch: positions with 1 are closed, and the real tokens are left out.
# function: AttentionPool

import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.attention = nn.Sequential(nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        scores = self.attention(hidden_states).squeeze(-1)
        scores = scores.masked_fill(mask.bool(), -1e9)
        weights = torch.softmax(scores, dim=1)
        return torch.einsum("bt,btc->bc", weights, hidden_states)
