# cause: The softmax runs over the batch instead of over the tokens.
# function: AttentionPool
import torch
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.proj = nn.Linear(hidden, hidden)
        self.v = nn.Parameter(torch.randn(hidden) * 0.1)

    def forward(self, hidden_states, mask):
        u = torch.tanh(self.proj(hidden_states))
        s = u @ self.v
        s = s.masked_fill(mask == 0, -1e9)
        a = torch.softmax(s, dim=0)
        return torch.einsum("bt,btc->bc", a, hidden_states)
