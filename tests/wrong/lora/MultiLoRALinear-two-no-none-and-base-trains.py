# cause: set_adapter(None) raises a KeyError instead of choosing the plain base; and the base is not frozen.
# function: MultiLoRALinear
import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        self.adapters = nn.ModuleDict()
        self.alphas = {}
        self.active = None

    def add_adapter(self, name, r, alpha):
        if name in self.adapters.keys():
            raise ValueError("already added")
        down = nn.Linear(self.base.in_features, r, bias=False)
        up = nn.Linear(r, self.base.out_features, bias=False)
        up.weight.data.zero_()
        self.adapters[name] = nn.ModuleList([down, up]).to(self.base.weight.dtype)
        self.alphas[name] = alpha / r

    def set_adapter(self, name):
        if name not in self.adapters.keys():
            raise KeyError(name)
        self.active = name

    def forward(self, x):
        y = self.base(x)
        if self.active is None:
            return y
        down, up = self.adapters[self.active]
        return y + up(down(x)) * self.alphas[self.active]
