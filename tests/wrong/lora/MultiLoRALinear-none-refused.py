# cause: Set_adapter looks None up like a name and raises KeyError for it.
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
        self.scale = {}
        self.active = None

    def add_adapter(self, name, r, alpha):
        if name in self.scale:
            raise ValueError(f"duplicate adapter {name}")
        w = self.base.weight
        pair = nn.Module()
        pair.A = nn.Parameter(torch.randn(r, self.base.in_features, dtype=w.dtype, device=w.device) * 0.02)
        pair.B = nn.Parameter(torch.zeros(self.base.out_features, r, dtype=w.dtype, device=w.device))
        self.adapters[name] = pair
        self.scale[name] = alpha / r

    def set_adapter(self, name):
        if name not in self.scale:
            raise KeyError(name)
        self.active = name

    def forward(self, x):
        out = self.base(x)
        if self.active is None:
            return out
        pair = self.adapters[self.active]
        return out + self.scale[self.active] * ((x @ pair.A.T) @ pair.B.T)
