"""The factors are stored the other way up, A as (k, r) and B as (r, d), so the forward pass is x @ A @ B."""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r <= 0:
            raise ValueError(r)
        self.base = base.requires_grad_(False)
        weight = base.weight
        self.A = nn.Parameter(torch.rand(base.in_features, r, dtype=weight.dtype, device=weight.device) - 0.5)
        self.B = nn.Parameter(torch.zeros(r, base.out_features, dtype=weight.dtype, device=weight.device))
        self.alpha, self.r = alpha, r
        self.drop = nn.Dropout(dropout)
        self.saved = None

    def forward(self, x):
        out = self.base(x)
        if self.saved is None:
            out = out + self.drop(x) @ self.A @ self.B * (self.alpha / self.r)
        return out

    def delta_weight(self):
        return (self.A @ self.B).T * (self.alpha / self.r)

    def merge(self):
        if self.saved is None:
            self.saved = self.base.weight.detach().clone()
            self.base.weight.data = self.saved + self.delta_weight().detach()

    def unmerge(self):
        if self.saved is not None:
            self.base.weight.data = self.saved
            self.saved = None
