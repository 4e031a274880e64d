"""DoRALinear keeps its factors in two Linear layers and its magnitude as a row; the direction comes from normalize."""

import torch
import torch.nn.functional as F
from torch import nn


class DoRALinear(nn.Module):
    def __init__(self, base, r, alpha, rs=False):
        super().__init__()
        if r <= 0:
            raise ValueError(f"r is {r}")
        d, k = base.weight.shape
        self.wrapped = base
        for parameter in base.parameters():
            parameter.requires_grad = False
        self.down, self.up = nn.Linear(k, r, bias=False), nn.Linear(r, d, bias=False)
        nn.init.normal_(self.down.weight, std=0.1)
        nn.init.zeros_(self.up.weight)
        self.down.to(base.weight), self.up.to(base.weight)
        self.m = nn.Parameter(base.weight.detach().pow(2).sum(1).sqrt()[None])
        self.s = alpha * r ** (-0.5 if rs else -1)

    def forward(self, x):
        v = self.wrapped.weight + self.s * torch.mm(self.up.weight, self.down.weight)
        gain = self.m / v.detach().square().sum(1).sqrt()[None]
        y = gain * F.linear(x, v)
        return y if self.wrapped.bias is None else y + self.wrapped.bias
