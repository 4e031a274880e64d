# cause: The update is scaled by alpha / sqrt(r), as in rank-stabilised LoRA, instead of alpha / r.
# function: LoRALinear
import math

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("`r` should be a positive integer")
        self.base = base
        self.base.requires_grad_(False)
        self.A = nn.Parameter(torch.empty(r, base.in_features, dtype=base.weight.dtype, device=base.weight.device))
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=base.weight.dtype, device=base.weight.device))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.scaling = alpha / math.sqrt(r)
        self.dropout = nn.Dropout(dropout)
        self.orig = None

    def forward(self, x):
        if self.orig is not None:
            return self.base(x)
        return self.base(x) + self.dropout(x) @ self.A.T @ self.B.T * self.scaling

    def delta_weight(self):
        return self.B @ self.A * self.scaling

    @torch.no_grad()
    def merge(self):
        if self.orig is None:
            self.orig = self.base.weight.clone()
            self.base.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self):
        if self.orig is not None:
            self.base.weight.copy_(self.orig)
            self.orig = None
