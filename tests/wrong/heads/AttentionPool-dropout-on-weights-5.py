# cause: dropout on the attention weights: in training mode they do not sum to 1, and a single token is scaled or lost
# function: AttentionPool
import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.score = nn.Sequential(nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))
        self.dropout = nn.Dropout(0.1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool()
        states = hidden_states.masked_fill(~real.unsqueeze(-1), 0.0)
        scores = self.score(states).squeeze(-1).masked_fill(~real, float("-inf"))
        weights = self.dropout(scores.softmax(dim=1))
        return torch.einsum("bt,btc->bc", weights, states)
