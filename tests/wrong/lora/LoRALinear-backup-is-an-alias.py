# cause: merge remembers the weight itself instead of a copy, so unmerge restores the merged weight.
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
        self.A = nn.Parameter(torch.randn(r, base.in_features).to(base.weight) / r**0.5)
        self.B = nn.Parameter(torch.zeros(base.out_features, r).to(base.weight))
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x):
        if self.merged:
            return self.base(x)
        return self.base(x) + self.dropout(x) @ self.A.T @ self.B.T * self.scaling

    def delta_weight(self):
        return self.B @ self.A * self.scaling

    @torch.no_grad()
    def merge(self):
        if self.merged:
            return
        self.old = self.base.weight.data
        self.base.weight.data += self.delta_weight()
        self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if not self.merged:
            return
        self.base.weight.data.copy_(self.old)
        self.merged = False
