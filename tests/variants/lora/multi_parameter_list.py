"""All factors stand in one nn.ParameterList; a table says at which index an adapter begins, and how strong it is."""

import torch
import torch.nn.functional as F
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        self.base.requires_grad_(False)
        self.factors = nn.ParameterList()
        self.table = {None: None}
        self.chosen = None

    def add_adapter(self, name, r, alpha):
        if name in self.table:
            raise ValueError(name)
        self.table[name] = (len(self.factors), alpha / r)
        a = torch.empty(r, self.base.in_features, dtype=self.base.weight.dtype, device=self.base.weight.device)
        self.factors.append(nn.Parameter(nn.init.uniform_(a, -0.3, 0.3)))
        self.factors.append(nn.Parameter(self.base.weight.new_zeros(self.base.out_features, r)))

    def set_adapter(self, name):
        self.chosen = self.table[name]

    def forward(self, x):
        if self.chosen is None:
            return self.base(x)
        start, scale = self.chosen
        a, b = self.factors[start], self.factors[start + 1]
        return F.linear(x, self.base.weight, self.base.bias) + F.linear(F.linear(x, a), b) * scale
