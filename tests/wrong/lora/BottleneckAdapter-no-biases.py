# cause: Both projections are made without biases, as the factors of LoRA are.
# function: BottleneckAdapter

import torch
from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.down = nn.Linear(d, m, bias=False)
        self.up = nn.Linear(m, d, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, h):
        return h + self.up(torch.relu(self.down(h)))
