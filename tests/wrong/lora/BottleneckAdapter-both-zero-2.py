# cause: Both projections start at zero, so with the rectifier between them neither weight matrix ever gets a gradient.
# function: BottleneckAdapter

import torch
from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d: int, m: int) -> None:
        super().__init__()
        self.down_project = nn.Linear(d, m)
        self.up_project = nn.Linear(m, d)
        for layer in (self.down_project, self.up_project):
            nn.init.constant_(layer.weight, 0.0)
            nn.init.constant_(layer.bias, 0.0)

    def forward(self, h):
        z = torch.relu(self.down_project(h))
        return self.up_project(z) + h
