# cause: Zeroes the weight of the up projection but leaves its bias at the random default.
# function: BottleneckAdapter

from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.down_project = nn.Linear(d, m)
        self.activation = nn.GELU()
        self.up_project = nn.Linear(m, d)
        nn.init.zeros_(self.up_project.weight)

    def forward(self, h):
        residual = h
        h = self.down_project(h)
        h = self.activation(h)
        h = self.up_project(h)
        return residual + h
