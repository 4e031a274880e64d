# cause: A rank below 1 is not refused with a ValueError.
# function: LoRALinear
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.base = base
        self.base.requires_grad_(False)
        self.scaling = alpha / r if r else 0.0
        r = max(r, 0)
        self.A = nn.Parameter(torch.randn(r, base.in_features, dtype=base.weight.dtype, device=base.weight.device))
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=base.weight.dtype, device=base.weight.device))
        self.dropout = nn.Dropout(dropout)
        self.copy = None

    def forward(self, x):
        y = self.base(x)
        return y if self.copy is not None else y + self.scaling * (self.dropout(x) @ self.A.T @ self.B.T)

    def delta_weight(self):
        return self.scaling * (self.B @ self.A)

    @torch.no_grad()
    def merge(self):
        if self.copy is None:
            self.copy = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.copy is not None:
            self.base.weight.copy_(self.copy)
            self.copy = None
