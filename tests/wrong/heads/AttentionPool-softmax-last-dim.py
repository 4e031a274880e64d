# cause: Takes the softmax over the last dimension, which has size 1, so every weight is 1 and the tokens are summed.
# function: AttentionPool

import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.W = nn.Linear(hidden, hidden)
        self.V = nn.Linear(hidden, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        score = self.V(torch.tanh(self.W(hidden_states)))  # (B, T, 1)
        score = torch.where(mask.unsqueeze(-1) == 1, score, torch.finfo(score.dtype).min)
        attention_weights = torch.softmax(score, dim=-1)
        context = attention_weights * hidden_states * mask.unsqueeze(-1)
        return context.sum(dim=1)
