# cause: Adding a name that is taken silently replaces the old adapter.
# function: MultiLoRALinear

import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        base.requires_grad_(False)
        self.A = nn.ParameterDict()
        self.B = nn.ParameterDict()
        self.scale = {}
        self.current = None

    def add_adapter(self, name, r, alpha):
        weight = self.base.weight
        self.A[name] = nn.Parameter(torch.randn(r, self.base.in_features).to(weight) / r)
        self.B[name] = nn.Parameter(torch.zeros(self.base.out_features, r).to(weight))
        self.scale[name] = alpha / r

    def set_adapter(self, name):
        if name is None or name in self.scale:
            self.current = name
        else:
            raise KeyError(f"no adapter {name}")

    def forward(self, x):
        y = self.base(x)
        if self.current is not None:
            n = self.current
            y = y + self.scale[n] * torch.einsum("...k,rk,dr->...d", x, self.A[n], self.B[n])
        return y
