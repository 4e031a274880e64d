# cause: follows the attention of transformers, which drops attention weights in training; then one token alone is not returned as it is in training mode
# function: AttentionPool
import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.dense = nn.Linear(hidden, hidden)
        self.score = nn.Linear(hidden, 1, bias=False)
        self.dropout = nn.Dropout(0.1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        scores = self.score(torch.tanh(self.dense(hidden_states))).squeeze(-1)
        scores = scores.masked_fill(mask == 0, torch.finfo(scores.dtype).min)
        weights = self.dropout(scores.softmax(dim=-1))
        return torch.einsum("bt,btc->bc", weights, hidden_states)
