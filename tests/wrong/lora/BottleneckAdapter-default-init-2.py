# cause: Keeps the default initialisation of both layers, so that the adapter disturbs h from the start.
# function: BottleneckAdapter

import torch
from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.down = nn.Linear(d, m)
        self.up = nn.Linear(m, d)

    def forward(self, h):
        return h + self.up(torch.tanh(self.down(h)))
