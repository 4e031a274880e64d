# cause: Writes the product as B A x^T for a two-dimensional batch, which does not work for (batch, tokens, k); and: accepts rank 0 and negative ranks without an error.
# function: LoRALinear

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        w = base.weight
        self.A = nn.Parameter(torch.randn(abs(r), base.in_features, dtype=w.dtype, device=w.device) * 0.02)
        self.B = nn.Parameter(torch.zeros(base.out_features, abs(r), dtype=w.dtype, device=w.device))
        self.scale = alpha / r if r else 0.0
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x):
        if self.merged:
            return self.base(x)
        return self.base(x) + self.scale * (self.B @ self.A @ self.dropout(x).transpose(0, 1)).transpose(0, 1)

    def delta_weight(self):
        return self.scale * (self.B @ self.A)

    @torch.no_grad()
    def merge(self):
        if self.merged:
            return
        self.old_weight = self.base.weight.clone()
        self.base.weight.add_(self.delta_weight())
        self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if not self.merged:
            return
        self.base.weight.copy_(self.old_weight)
        self.merged = False
