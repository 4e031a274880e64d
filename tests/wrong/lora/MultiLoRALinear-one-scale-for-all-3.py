# cause: There is a single scale, which every new adapter overwrites, so all adapters use that of the one that was added last.
# function: MultiLoRALinear

import torch
import torch.nn.functional as F
from torch import nn


class _Factors(nn.Module):
    def __init__(self, weight, r):
        super().__init__()
        d, k = weight.shape
        self.A = nn.Parameter(torch.randn(r, k, dtype=weight.dtype, device=weight.device) * 0.02)
        self.B = nn.Parameter(torch.zeros(d, r, dtype=weight.dtype, device=weight.device))


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        self.base.requires_grad_(False)
        self.adapters = nn.ModuleList()
        self.names = []
        self.active = None

    def add_adapter(self, name, r, alpha):
        if name in self.names:
            raise ValueError(name)
        self.names.append(name)
        self.adapters.append(_Factors(self.base.weight, r))
        self.scaling = alpha / r

    def set_adapter(self, name):
        if name is None:
            self.active = None
        elif name in self.names:
            self.active = name
        else:
            raise KeyError(name)

    def forward(self, x):
        result = self.base(x)
        if self.active is not None:
            f = self.adapters[self.names.index(self.active)]
            result = result + self.scaling * F.linear(F.linear(x, f.A), f.B)
        return result
