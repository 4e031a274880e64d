# cause: Writes -1e-9 for -1e9, so PAD gets a score of about zero and not minus infinity.
# function: AttentionPool

import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.scorer = nn.Sequential(nn.Linear(hidden, 128), nn.GELU(), nn.Linear(128, 1))

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        logits = self.scorer(hidden_states)
        logits = logits.masked_fill(mask.unsqueeze(-1) == 0, -1e-9)
        return (logits.softmax(1) * hidden_states).sum(1)
