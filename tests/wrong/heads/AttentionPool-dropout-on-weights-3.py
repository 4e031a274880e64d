# cause: Dropout is applied to the attention weights, as in a Transformer, so in training mode they do not sum to 1 and one token alone is not returned as it is.
# function: AttentionPool
import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    """A weighted average of the real tokens of a text, in which each token decides how much it weighs."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.attention = nn.Sequential(nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1, bias=False))
        self.dropout = nn.Dropout(0.1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        scores = self.attention(hidden_states).squeeze(-1)
        scores = scores.masked_fill(mask == 0, float("-inf"))
        weights = self.dropout(scores.softmax(dim=-1))
        return torch.bmm(weights.unsqueeze(1), hidden_states).squeeze(1)
