# cause: Keeps the factors in an ordinary dict, where the module does not see them as parameters.
# function: MultiLoRALinear

import math

import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        self.adapters = {}
        self.active = None

    def add_adapter(self, name, r, alpha):
        if name in self.adapters:
            raise ValueError(f"adapter {name} exists")
        w = self.base.weight
        A = nn.Parameter(torch.empty(r, self.base.in_features, dtype=w.dtype, device=w.device))
        B = nn.Parameter(torch.zeros(self.base.out_features, r, dtype=w.dtype, device=w.device))
        nn.init.kaiming_uniform_(A, a=math.sqrt(5))
        self.adapters[name] = {"A": A, "B": B, "scale": alpha / r}

    def set_adapter(self, name):
        if name is not None and name not in self.adapters:
            raise KeyError(name)
        self.active = name

    def forward(self, x):
        y = self.base(x)
        if self.active is None:
            return y
        adapter = self.adapters[self.active]
        return y + adapter["scale"] * (x @ adapter["A"].T @ adapter["B"].T)
