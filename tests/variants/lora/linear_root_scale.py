"""The scale is shared out: each factor is multiplied by its square root on the way."""

import math

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError(f"rank {r}?")
        self.base = base
        self.base.requires_grad_(False)
        self.factor_a = nn.Parameter(torch.randn_like(base.weight)[:1].new_empty(r, base.in_features).uniform_(-1, 1))
        self.factor_b = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        self.root = math.sqrt(alpha / r)
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def scaled(self):
        return self.root * self.factor_a, self.root * self.factor_b

    def delta_weight(self):
        a, b = self.scaled()
        return b @ a

    def forward(self, x):
        y = self.base(x)
        if not self.merged:
            a, b = self.scaled()
            y = y + self.dropout(x) @ a.T @ b.T
        return y

    def merge(self):
        if not self.merged:
            self.unmerged = self.base.weight.detach().clone()
            self.base.weight.data.add_(self.delta_weight().detach())
        self.merged = True

    def unmerge(self):
        if self.merged:
            self.base.weight.data.copy_(self.unmerged)
        self.merged = False
