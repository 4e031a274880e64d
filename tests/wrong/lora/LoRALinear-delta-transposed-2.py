# cause: Multiplies the stored factors the way x meets them and forgets to transpose, so the update comes out as (k, d).
# function: LoRALinear

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be >= 1")
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        std = 1 / torch.sqrt(torch.tensor(float(r))).item()
        w = base.weight
        self.A = nn.Parameter(torch.randn(base.in_features, r, dtype=w.dtype, device=w.device) * std)
        self.B = nn.Parameter(torch.zeros(r, base.out_features, dtype=w.dtype, device=w.device))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x):
        if self.merged:
            return self.base(x)
        return self.base(x) + self.scale * (self.dropout(x) @ self.A @ self.B)

    def delta_weight(self):
        return self.scale * (self.A @ self.B)

    @torch.no_grad()
    def merge(self):
        if self.merged:
            return
        self.w_old = self.base.weight.clone()
        self.base.weight += self.delta_weight()
        self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if not self.merged:
            return
        self.base.weight.copy_(self.w_old)
        self.merged = False
