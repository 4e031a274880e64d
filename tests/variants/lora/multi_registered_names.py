"""Factors are registered as attributes whose names are made of the adapter's; B is stored transposed."""

import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        nn.Module.__init__(self)
        self.base = base.requires_grad_(False)
        self.scales = {}
        self.current = None

    def add_adapter(self, name, r, alpha):
        if name in self.scales:
            raise ValueError(f"twice {name}")
        weight = self.base.weight
        self.register_parameter(f"lora_{name}_in", nn.Parameter(weight.new_empty(r, weight.shape[1]).normal_() / r))
        self.register_parameter(f"lora_{name}_out", nn.Parameter(weight.new_zeros(r, weight.shape[0])))
        self.scales[name] = alpha / r

    def set_adapter(self, name):
        if not (name is None or name in self.scales):
            raise RuntimeError(f"{name}?")
        self.current = name

    def forward(self, x):
        weight = self.base.weight
        if self.current is not None:
            first, last = (getattr(self, f"lora_{self.current}_{side}") for side in ("in", "out"))
            weight = weight + self.scales[self.current] * torch.einsum("rd,rk->dk", last, first)
        return nn.functional.linear(x, weight, self.base.bias)
