# cause: Set_adapter freezes the factors of all adapters but the chosen one, as the library peft does, although all stay trainable.
# function: MultiLoRALinear

import math

import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        for p in base.parameters():
            p.requires_grad_(False)
        self.factors_A = nn.ParameterList()
        self.factors_B = nn.ParameterList()
        self.index = {}
        self.scales = []
        self.active = None

    def add_adapter(self, name, r, alpha):
        if name in self.index:
            raise ValueError(f"adapter {name} exists")
        w = self.base.weight
        A = nn.Parameter(w.new_empty(r, w.shape[1]))
        nn.init.kaiming_uniform_(A, a=math.sqrt(5))
        self.index[name] = len(self.scales)
        self.factors_A.append(A)
        self.factors_B.append(nn.Parameter(w.new_zeros(w.shape[0], r)))
        self.scales.append(alpha / r)

    def set_adapter(self, name):
        if name is not None and name not in self.index:
            raise KeyError(name)
        self.active = name
        for other, i in self.index.items():
            self.factors_A[i].requires_grad_(other == name)
            self.factors_B[i].requires_grad_(other == name)

    def forward(self, x):
        h = self.base(x)
        if self.active is None:
            return h
        i = self.index[self.active]
        return h + self.scales[i] * (x @ self.factors_A[i].T @ self.factors_B[i].T)
