# cause: Stacks the two projections without a non-linearity between them.
# function: BottleneckAdapter

from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d: int, m: int) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d, m), nn.Linear(m, d))
        for p in self.net[1].parameters():
            nn.init.zeros_(p)

    def forward(self, h):
        return h + self.net(h)
