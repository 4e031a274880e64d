# cause: A copy of the layer is kept and frozen, so the base that the caller passed stays trainable and is not the one that works.
# function: LoRALinear
import copy

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be positive")
        self.base = copy.deepcopy(base)
        self.base.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(r, base.in_features).to(base.weight) * 0.02)
        self.B = nn.Parameter(torch.zeros(base.out_features, r).to(base.weight))
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.kept = None

    def forward(self, x):
        y = self.base(x)
        if self.kept is None:
            y = y + self.scaling * (self.dropout(x) @ self.A.T @ self.B.T)
        return y

    def delta_weight(self):
        return self.scaling * (self.B @ self.A)

    @torch.no_grad()
    def merge(self):
        if self.kept is None:
            self.kept = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.kept is not None:
            self.base.weight.copy_(self.kept)
            self.kept = None
