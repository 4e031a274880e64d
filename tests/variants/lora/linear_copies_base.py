"""The layer keeps a deep copy of the base, frozen like the base itself."""

import copy

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be 1 or more")
        base.requires_grad_(False)
        self.base = copy.deepcopy(base)
        self.weight_at_start = [self.base.weight.clone()]
        self.A = nn.Parameter(base.weight.new_empty(r, base.in_features))
        nn.init.kaiming_uniform_(self.A)
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=base.weight.dtype, device=base.weight.device))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def delta_weight(self):
        return self.scale * torch.einsum("dr,rk->dk", self.B, self.A)

    def forward(self, x):
        y = self.base(x)
        return y if self.merged else y + self.scale * (self.dropout(x) @ self.A.T @ self.B.T)

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self.weight_at_start[0] = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())
            self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.base.weight.copy_(self.weight_at_start[0])
            self.merged = False
