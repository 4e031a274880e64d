# cause: Returns only up(activation(down(h))), the bypass is missing
# function: BottleneckAdapter
from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.down, self.act, self.up = nn.Linear(d, m), nn.GELU(), nn.Linear(m, d)
        nn.init.normal_(self.up.weight, std=1e-3)
        nn.init.zeros_(self.up.bias)

    def forward(self, h):
        return self.up(self.act(self.down(h)))
