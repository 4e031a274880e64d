# cause: Drops inputs once for the whole layer, so W x + b sees the dropped input too.
# function: LoRALinear

import math

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r < 1")
        self.base = base
        for p in self.base.parameters():
            p.requires_grad = False
        self.A = nn.Parameter(torch.zeros_like(base.weight[:1]).repeat(r, 1))
        self.B = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x):
        if self.merged:
            return self.base(x)
        x = self.dropout(x)
        return self.base(x) + self.scale * (x @ self.A.t()) @ self.B.t()

    def delta_weight(self):
        return self.scale * self.B @ self.A

    @torch.no_grad()
    def merge(self):
        if self.merged:
            return
        self.before = self.base.weight.clone()
        self.base.weight += self.delta_weight()
        self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if not self.merged:
            return
        self.base.weight.copy_(self.before)
        self.merged = False
