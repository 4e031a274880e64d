# cause: The scores of padding are multiplied by zero before the softmax, but a score of zero still has a weight.
# function: AttentionPool

import torch
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.W = nn.Linear(hidden, hidden)
        self.v = nn.Linear(hidden, 1)

    def forward(self, hidden_states, mask):
        m = mask.to(hidden_states.dtype)
        e = self.v(torch.tanh(self.W(hidden_states))).squeeze(-1)
        a = torch.softmax(e * m, dim=-1)
        return torch.einsum("bt,btc->bc", a, hidden_states * m.unsqueeze(-1))
