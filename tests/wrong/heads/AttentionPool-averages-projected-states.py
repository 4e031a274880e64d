# cause: The projected states are averaged instead of the hidden states themselves.
# function: AttentionPool
import torch
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.W = nn.Linear(hidden, hidden)
        self.context = nn.Linear(hidden, 1, bias=False)

    def forward(self, hidden_states, mask):
        u = torch.tanh(self.W(hidden_states))
        scores = self.context(u).squeeze(2).masked_fill(~mask.bool(), float("-inf"))
        alpha = torch.softmax(scores, 1)
        return torch.sum(alpha.unsqueeze(2) * u, 1)
