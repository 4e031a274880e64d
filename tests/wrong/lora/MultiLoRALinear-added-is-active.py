# cause: A newly added adapter becomes active at once.
# function: MultiLoRALinear
import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = nn.ModuleDict()
        self.up = nn.ModuleDict()
        self.scaling = {}
        self.current = None

    def add_adapter(self, name, r, alpha):
        if name in self.down:
            raise ValueError(name)
        self.down[name] = nn.Linear(self.base.in_features, r, bias=False).to(self.base.weight)
        self.up[name] = nn.Linear(r, self.base.out_features, bias=False).to(self.base.weight)
        nn.init.zeros_(self.up[name].weight)
        self.scaling[name] = alpha / r
        self.set_adapter(name)

    def set_adapter(self, name):
        if name is not None and name not in self.down:
            raise KeyError(name)
        self.current = name

    def forward(self, x):
        h = self.base(x)
        if self.current is None:
            return h
        return h + self.scaling[self.current] * self.up[self.current](self.down[self.current](x))
