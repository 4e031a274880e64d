# cause: The softmax runs over dim 0, the texts of the batch, and not over the tokens of each text.
# function: AttentionPool

import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.proj = nn.Linear(hidden, hidden)
        self.score = nn.Linear(hidden, 1, bias=False)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        scores = self.score(torch.tanh(self.proj(hidden_states))).squeeze(-1)
        scores = scores.masked_fill(mask == 0, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=0)
        return (weights.unsqueeze(-1) * hidden_states).sum(dim=1)
