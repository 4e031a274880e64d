# cause: The softmax is taken per feature over a (B, T, C) score, so features have weights of their own; and the mask is inverted.
# function: AttentionPool
import torch
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.lin = nn.Linear(hidden, hidden)

    def forward(self, hidden_states, mask):
        s = self.lin(hidden_states).masked_fill(mask.unsqueeze(-1) == 1, -1e9)
        return (torch.softmax(s, dim=1) * hidden_states).sum(dim=1)
