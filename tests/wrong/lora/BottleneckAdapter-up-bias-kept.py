# cause: Only the weight of up starts small; its bias keeps the default start and disturbs the input.
# function: BottleneckAdapter
from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.down = nn.Linear(d, m)
        self.up = nn.Linear(m, d)
        self.relu = nn.ReLU()
        nn.init.zeros_(self.up.weight)

    def forward(self, h):
        return h + self.up(self.relu(self.down(h)))
