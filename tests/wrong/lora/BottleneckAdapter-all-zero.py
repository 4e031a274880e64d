# cause: Both projections start at zero, so neither weight matrix ever gets a gradient.
# function: BottleneckAdapter
from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.down = nn.Linear(d, m)
        self.up = nn.Linear(m, d)
        self.act = nn.ReLU()
        for p in self.parameters():
            nn.init.zeros_(p)

    def forward(self, h):
        return h + self.up(self.act(self.down(h)))
