# cause: Only the weight of the upper projection is set to zero and its bias keeps its random start, so the output already differs from h.
# function: BottleneckAdapter

from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.down = nn.Linear(d, m)
        self.up = nn.Linear(m, d)
        nn.init.zeros_(self.up.weight)

    def forward(self, h):
        return h + self.up(nn.functional.gelu(self.down(h)))
