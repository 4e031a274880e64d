# cause: delta_weight multiplies the factors in the wrong order and comes out as (k, d).
# function: LoRALinear
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r")
        self.base = base
        self.base.requires_grad_(False)
        self.A = nn.Parameter(
            torch.randn(base.in_features, r, dtype=base.weight.dtype, device=base.weight.device) * 0.1
        )
        self.B = nn.Parameter(torch.zeros(r, base.out_features, dtype=base.weight.dtype, device=base.weight.device))
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.backup = None

    def forward(self, x):
        if self.backup is not None:
            return self.base(x)
        return self.base(x) + self.scaling * (self.dropout(x) @ self.A @ self.B)

    def delta_weight(self):
        return self.scaling * (self.A @ self.B)

    @torch.no_grad()
    def merge(self):
        if self.backup is None:
            self.backup = self.base.weight.clone()
            self.base.weight += self.delta_weight().T

    @torch.no_grad()
    def unmerge(self):
        if self.backup is not None:
            self.base.weight.copy_(self.backup)
            self.backup = None
