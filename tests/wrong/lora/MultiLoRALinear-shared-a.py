# cause: One A is created with the first adapter and shared by all, so the ranks do not fit and factors are not each adapter's own.
# function: MultiLoRALinear
import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        self.base.requires_grad_(False)
        self.A = None
        self.B = nn.ParameterDict()
        self.scaling = {}
        self.active = None

    def add_adapter(self, name, r, alpha):
        if name in self.B:
            raise ValueError(name)
        if self.A is None:
            self.A = nn.Parameter(self.base.weight.new_empty(r, self.base.in_features).normal_(std=0.02))
        self.B[name] = nn.Parameter(self.base.weight.new_zeros(self.base.out_features, r))
        self.scaling[name] = alpha / r

    def set_adapter(self, name):
        if name is not None and name not in self.B:
            raise KeyError(name)
        self.active = name

    def forward(self, x):
        out = self.base(x)
        if self.active is not None:
            out = out + self.scaling[self.active] * (x @ self.A.T @ self.B[self.active].T)
        return out
