# cause: Puts dropout on the weights after the softmax, so in training mode they do not sum to 1 and one token alone is not returned as it is.
# function: AttentionPool

import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.dense = nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, 1)
        self.dropout = nn.Dropout(0.1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        scores = self.out(torch.relu(self.dense(hidden_states))).squeeze(-1)
        scores[mask == 0] = -float("inf")
        weights = self.dropout(torch.softmax(scores, dim=-1))
        return torch.einsum("bt,btc->bc", weights, hidden_states)
