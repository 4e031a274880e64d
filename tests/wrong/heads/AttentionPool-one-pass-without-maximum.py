# cause: exponentials without subtracting the maximum, times the mask
# function: AttentionPool
from __future__ import annotations
import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.score = nn.Linear(hidden, 1, bias=False)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        # softmax in one pass: numerator and denominator from the same exponentials
        e = torch.exp(self.score(hidden_states).squeeze(-1)) * (mask != 0)
        pooled = torch.bmm(e.unsqueeze(1), hidden_states).squeeze(1)
        return pooled / e.sum(1, keepdim=True)
