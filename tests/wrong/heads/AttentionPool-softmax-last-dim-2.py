# cause: Softmax over the last dimension, which has size 1, so every token weighs 1 and the result is a sum
# function: AttentionPool
import torch
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.proj = nn.Linear(hidden, 64)
        self.v = nn.Linear(64, 1, bias=False)

    def forward(self, hidden_states, mask):
        scores = self.v(torch.tanh(self.proj(hidden_states)))
        scores = scores.masked_fill(mask[..., None] == 0, float("-inf"))
        weights = torch.softmax(scores, dim=-1).nan_to_num(0.0)
        return torch.sum(weights * hidden_states, dim=1)
