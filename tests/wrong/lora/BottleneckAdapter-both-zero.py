# cause: Starts both projections at zero, so with ReLU neither of the two matrices ever has a gradient
# function: BottleneckAdapter
import torch
from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d: int, m: int) -> None:
        super().__init__()
        self.down = nn.Linear(d, m)
        self.up = nn.Linear(m, d)
        for layer in (self.down, self.up):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, h):
        return h + self.up(torch.relu(self.down(h)))
