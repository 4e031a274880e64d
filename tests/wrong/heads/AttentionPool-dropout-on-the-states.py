# cause: In training mode, dropout is applied to the hidden states before the average.
# function: AttentionPool
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.inner = nn.Linear(hidden, hidden)
        self.outer = nn.Linear(hidden, 1, bias=False)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        scores = self.outer(torch.tanh(self.inner(hidden_states))).squeeze(-1)
        weights = scores.masked_fill(mask == 0, float("-inf")).softmax(dim=1)
        return torch.einsum("bt,btc->bc", weights, F.dropout(hidden_states, 0.1, self.training))
