# cause: The softmax runs over a dimension of size 1, so every weight is 1 and the result is a sum.
# function: LayerMix
import torch
from torch import nn


class LayerMix(nn.Module):
    def __init__(self, n_states):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(n_states, 1, 1, 1))

    def forward(self, hidden_states):
        x = torch.stack(tuple(hidden_states))
        return (torch.softmax(self.w, dim=-1) * x).sum(0)
