"""Each adapter is a small module of two bias-free layers in an nn.ModuleDict."""

import torch
from torch import nn


class Update(nn.Module):
    def __init__(self, base, r, alpha):
        super().__init__()
        like = {"bias": False, "dtype": base.weight.dtype, "device": base.weight.device}
        self.down, self.up = nn.Linear(base.in_features, r, **like), nn.Linear(r, base.out_features, **like)
        nn.init.zeros_(self.up.weight)
        self.scale = alpha / r

    def forward(self, x):
        return self.up(self.down(x)) * self.scale


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.adapters = nn.ModuleDict()
        self.name = None

    def add_adapter(self, name, r, alpha):
        if name in self.adapters:
            raise ValueError(name)
        self.adapters[name] = Update(self.base, r, alpha)

    def set_adapter(self, name):
        if name is not None:
            self.adapters[name]  # an unknown name is a KeyError
        self.name = name

    def forward(self, x):
        branches = [self.adapters[self.name](x)] if self.name is not None else []
        return torch.stack([self.base(x), *branches]).sum(0)
