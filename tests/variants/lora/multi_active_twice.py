"""The active adapter is registered twice, in the ModuleDict and as an attribute; its parameters are the same."""

import torch
from torch import nn


class Pair(nn.Module):
    def __init__(self, a, b, scale):
        super().__init__()
        self.a, self.b, self.scale = nn.Parameter(a), nn.Parameter(b), scale

    def forward(self, x):
        return self.scale * torch.einsum("dr,rk,...k->...d", self.b, self.a, x)


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        for parameter in self.base.parameters():
            parameter.requires_grad = False
        self.adapters = nn.ModuleDict({})
        self.active = None

    def add_adapter(self, name, r, alpha):
        if name in self.adapters.keys():
            raise ValueError(f"{name} exists")
        d, k = self.base.weight.shape
        start = torch.randn(r, k).to(self.base.weight) / k**0.5
        self.adapters.update({name: Pair(start, torch.zeros(d, r).to(self.base.weight), alpha / r)})

    def set_adapter(self, name):
        if name is None:
            self.active = None
        elif name in self.adapters:
            self.active = self.adapters[name]
        else:
            raise LookupError(name)

    def forward(self, x):
        out = self.base(x)
        if self.active is not None:
            out = out + self.active(x)
        return out
