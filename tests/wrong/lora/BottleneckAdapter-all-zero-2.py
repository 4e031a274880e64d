# cause: Starts both projections at zero to be an exact identity, so neither weight ever gets a gradient.
# function: BottleneckAdapter

import torch.nn.functional as F
from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.down, self.up = nn.Linear(d, m), nn.Linear(m, d)
        for layer in (self.down, self.up):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, h):
        return h + self.up(F.relu(self.down(h)))
