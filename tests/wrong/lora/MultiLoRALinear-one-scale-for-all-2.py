# cause: Keeps one scale for the layer, so the adapter added last decides how strong all of them are.
# function: MultiLoRALinear

import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        self.adapters = nn.ModuleDict()
        self.active = None
        self.scaling = 1.0

    def add_adapter(self, name, r, alpha):
        if name in self.adapters:
            raise ValueError("name taken: " + name)
        w = self.base.weight
        down = nn.Linear(self.base.in_features, r, bias=False, device=w.device, dtype=w.dtype)
        up = nn.Linear(r, self.base.out_features, bias=False, device=w.device, dtype=w.dtype)
        nn.init.zeros_(up.weight)
        self.adapters[name] = nn.Sequential(down, up)
        self.scaling = alpha / r

    def set_adapter(self, name):
        if name is not None and name not in self.adapters:
            raise KeyError(name)
        self.active = name

    def forward(self, x):
        h = self.base(x)
        if self.active is not None:
            h = h + self.scaling * self.adapters[self.active](x)
        return h
