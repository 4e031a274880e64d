# cause: Adding an adapter under a taken name silently replaces the old one instead of raising a ValueError.
# function: MultiLoRALinear
import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        for p in self.base.parameters():
            p.requires_grad_(False)
        self.adapters = nn.ModuleDict()
        self.scales = {}
        self.active = None

    def add_adapter(self, name, r, alpha):
        a = nn.Linear(self.base.in_features, r, bias=False)
        b = nn.Linear(r, self.base.out_features, bias=False)
        nn.init.zeros_(b.weight)
        self.adapters[name] = nn.Sequential(a, b).to(device=self.base.weight.device, dtype=self.base.weight.dtype)
        self.scales[name] = alpha / r

    def set_adapter(self, name):
        if name is not None and name not in self.adapters:
            raise KeyError(f"unknown adapter {name}")
        self.active = name

    def forward(self, x):
        if self.active is None:
            return self.base(x)
        return self.base(x) + self.scales[self.active] * self.adapters[self.active](x)
