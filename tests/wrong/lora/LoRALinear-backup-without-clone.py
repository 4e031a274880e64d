# cause: Keeps a reference to the weight instead of a copy, so unmerge restores the merged numbers.
# function: LoRALinear

import torch
import torch.nn.functional as F
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("rank has to be positive")
        self.base = base
        base.weight.requires_grad = False
        if base.bias is not None:
            base.bias.requires_grad = False
        self.scale = alpha / r
        self.A = nn.Parameter(torch.randn_like(base.weight.new_empty(r, base.in_features)) * 0.05)
        self.B = nn.Parameter(torch.zeros_like(base.weight.new_empty(base.out_features, r)))
        self.dropout = nn.Dropout(dropout)
        self.is_merged = False

    def forward(self, x):
        if self.is_merged:
            return self.base(x)
        return self.base(x) + F.linear(self.dropout(x), self.A).matmul(self.B.T).mul(self.scale)

    def delta_weight(self):
        return self.B.matmul(self.A).mul(self.scale)

    @torch.no_grad()
    def merge(self):
        if self.is_merged:
            return
        self.frozen_weight = self.base.weight.detach()
        self.base.weight.add_(self.delta_weight())
        self.is_merged = True

    @torch.no_grad()
    def unmerge(self):
        if not self.is_merged:
            return
        self.base.weight.copy_(self.frozen_weight)
        self.is_merged = False
