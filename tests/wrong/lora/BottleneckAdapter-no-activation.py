# cause: There is no non-linearity between down and up.
# function: BottleneckAdapter
from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.adapter = nn.Sequential(nn.Linear(d, m), nn.Linear(m, d))
        self.adapter[1].weight.data.zero_()
        self.adapter[1].bias.data.zero_()

    def forward(self, h):
        return self.adapter(h) + h
