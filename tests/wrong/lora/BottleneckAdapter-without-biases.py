# cause: The projections have no biases.
# function: BottleneckAdapter
import torch
from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.down = nn.Linear(d, m, bias=False)
        self.up = nn.Linear(m, d, bias=False)
        nn.init.normal_(self.up.weight, std=1e-3)

    def forward(self, h):
        return h + self.up(torch.tanh(self.down(h)))
