# cause: Does not freeze the base; and: starts the up factor with the random default of nn.Linear instead of zero.
# function: MultiLoRALinear

import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        self.adapters = nn.ModuleDict()
        self.scales = {}
        self.active = None

    def add_adapter(self, name, r, alpha):
        if name in self.adapters:
            raise ValueError(f"{name} is taken")
        kw = {"bias": False, "device": self.base.weight.device, "dtype": self.base.weight.dtype}
        self.adapters[name] = nn.ModuleList(
            [nn.Linear(self.base.in_features, r, **kw), nn.Linear(r, self.base.out_features, **kw)]
        )
        self.scales[name] = alpha / r

    def set_adapter(self, name):
        if name is not None and name not in self.adapters:
            raise KeyError(name)
        self.active = name

    def forward(self, x):
        out = self.base(x)
        if self.active is not None:
            a, b = self.adapters[self.active]
            out = out + self.scales[self.active] * b(a(x))
        return out
