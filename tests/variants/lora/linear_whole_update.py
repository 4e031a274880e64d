"""The forward pass multiplies BA out each time: one product with W + delta, two when dropout separates the paths."""

import torch
import torch.nn.functional as F
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("no rank")
        self.base = base
        self.base.requires_grad_(False)
        self.A = nn.Parameter(nn.init.normal_(base.weight.new_empty(r, base.in_features), std=0.02))
        self.B = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        self.alpha_over_r = alpha / r
        self.p = dropout
        self.copy_of_w = None

    def delta_weight(self):
        return self.B @ (self.alpha_over_r * self.A)

    def forward(self, x):
        if self.copy_of_w is not None:
            return F.linear(x, self.base.weight, self.base.bias)
        if self.training and self.p > 0:
            return F.linear(x, self.base.weight, self.base.bias) + F.linear(F.dropout(x, self.p), self.delta_weight())
        return F.linear(x, self.base.weight + self.delta_weight(), self.base.bias)

    def merge(self):
        if self.copy_of_w is not None:
            return
        self.copy_of_w = self.base.weight.clone()
        with torch.no_grad():
            torch.add(self.base.weight, self.delta_weight(), out=self.base.weight)

    def unmerge(self):
        if self.copy_of_w is None:
            return
        with torch.no_grad():
            self.base.weight.set_(self.copy_of_w)
        self.copy_of_w = None
