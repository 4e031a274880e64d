# cause: Starts B randomly like A, so the layer does not begin as a copy of the base.
# function: LoRALinear

import torch
import torch.nn.functional as F
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least 1")
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        w = base.weight
        self.A = nn.Parameter(torch.randn(r, base.in_features, dtype=w.dtype, device=w.device) * 0.02)
        self.B = nn.Parameter(torch.randn(base.out_features, r, dtype=w.dtype, device=w.device) * 0.02)
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.saved = None

    def forward(self, x):
        y = self.base(x)
        if self.saved is None:
            y = y + self.scale * F.linear(F.linear(self.dropout(x), self.A), self.B)
        return y

    def delta_weight(self):
        return self.scale * (self.B @ self.A)

    @torch.no_grad()
    def merge(self):
        if self.saved is None:
            self.saved = self.base.weight.clone()
            self.base.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self):
        if self.saved is not None:
            self.base.weight.copy_(self.saved)
            self.saved = None
