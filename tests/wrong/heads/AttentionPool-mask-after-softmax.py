# cause: Sets the weights of PAD to zero after the softmax and does not normalise again, so the weights of the real tokens do not sum to 1.
# function: AttentionPool

import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.proj = nn.Linear(hidden, hidden)
        self.query = nn.Linear(hidden, 1, bias=False)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        scores = self.query(torch.tanh(self.proj(hidden_states))).squeeze(-1)
        weights = torch.softmax(scores, dim=1) * mask.to(scores.dtype)
        return torch.einsum("bt,btc->bc", weights, hidden_states)
