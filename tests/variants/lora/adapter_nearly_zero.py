"""Both projections start small but not at zero, as in Houlsby's paper: truncated normal, 0.01 wide, biases zero."""

from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.project = nn.ModuleList([nn.Linear(d, m), nn.Linear(m, d)])
        for layer in self.project:
            nn.init.trunc_normal_(layer.weight, std=0.01, a=-0.02, b=0.02)
            nn.init.zeros_(layer.bias)

    def forward(self, h):
        down, up = self.project
        return up(nn.functional.silu(down(h))) + h
