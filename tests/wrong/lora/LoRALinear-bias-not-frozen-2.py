# cause: Freezes the weight of the base only and leaves its bias trainable.
# function: LoRALinear

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be >= 1")
        self.base = base
        self.base.weight.requires_grad = False
        self.rank, self.alpha = r, alpha
        self.A = nn.Parameter(torch.randn(r, base.in_features).to(base.weight.device, base.weight.dtype) * 0.01)
        self.B = nn.Parameter(torch.zeros(base.out_features, r).to(base.weight.device, base.weight.dtype))
        self.dropout = nn.Dropout(dropout) if dropout > 0 else nn.Identity()
        self.merged = False

    def forward(self, x):
        out = self.base(x)
        if not self.merged:
            out = out + (self.alpha / self.rank) * (self.dropout(x) @ self.A.T @ self.B.T)
        return out

    def delta_weight(self):
        return (self.alpha / self.rank) * self.B @ self.A

    @torch.no_grad()
    def merge(self):
        if self.merged:
            return
        self.original = self.base.weight.clone()
        self.base.weight += self.delta_weight()
        self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if not self.merged:
            return
        self.base.weight.copy_(self.original)
        self.merged = False
