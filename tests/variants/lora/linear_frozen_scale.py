"""The scale is a Parameter that asks for no gradient, and A comes from numpy's own generator."""

import numpy as np
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r is too small")
        self.base = base
        self.base.requires_grad_(False)
        start = np.random.default_rng().normal(scale=1 / r, size=(r, base.in_features))
        self.A = nn.Parameter(torch.from_numpy(start).to(base.weight.dtype).to(base.weight.device))
        self.B = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        self.scale = nn.Parameter(base.weight.new_tensor(alpha / r), requires_grad=False)
        self.dropout = nn.Dropout(dropout)
        self.before_merge = None

    def delta_weight(self):
        return self.scale * self.B @ self.A

    def forward(self, x):
        out = self.base(x)
        if self.before_merge is not None:
            return out
        return out + self.scale * nn.functional.linear(nn.functional.linear(self.dropout(x), self.A), self.B)

    @torch.no_grad()
    def merge(self):
        if self.before_merge is None:
            self.before_merge = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.before_merge is not None:
            self.base.weight.copy_(self.before_merge)
            self.before_merge = None
