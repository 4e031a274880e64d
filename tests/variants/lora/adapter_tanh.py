"""The bottleneck is made of bare Parameters, stored (in, out), with tanh between them."""

import torch
from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.w1 = nn.Parameter(torch.randn(d, m) / d**0.5)
        self.b1 = nn.Parameter(torch.zeros(m))
        self.w2 = nn.Parameter(torch.zeros(m, d))
        self.b2 = nn.Parameter(torch.zeros(d))

    def forward(self, h):
        return torch.tanh(h @ self.w1 + self.b1) @ self.w2 + self.b2 + h
