# cause: The branch is added into h in place, which modifies the caller's tensor.
# function: BottleneckAdapter
from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.down = nn.Linear(d, m)
        self.up = nn.Linear(m, d)
        nn.init.trunc_normal_(self.up.weight, std=1e-3)
        nn.init.zeros_(self.up.bias)

    def forward(self, h):
        z = nn.functional.silu(self.down(h))
        h += self.up(z)
        return h
