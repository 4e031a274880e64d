# cause: The factors are kept in a plain dict, so they are not registered as parameters.
# function: MultiLoRALinear
import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        self.base.requires_grad_(False)
        self.adapters = {}
        self.active = None

    def add_adapter(self, name, r, alpha):
        if name in self.adapters:
            raise ValueError(f"adapter {name} exists")
        d, k = self.base.weight.shape
        A = nn.Parameter(torch.randn(r, k).to(self.base.weight) * 0.02)
        B = nn.Parameter(torch.zeros(d, r).to(self.base.weight))
        self.adapters[name] = (A, B, alpha / r)

    def set_adapter(self, name):
        if name is not None and name not in self.adapters:
            raise KeyError(name)
        self.active = name

    def forward(self, x):
        y = self.base(x)
        if self.active is not None:
            A, B, s = self.adapters[self.active]
            y = y + s * (x @ A.T @ B.T)
        return y
