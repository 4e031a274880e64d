# cause: The factors are always created in float32, whatever the dtype of the base, so a half-precision base crashes.
# function: LoRALinear
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r")
        d, k = base.weight.shape
        self.base = base
        self.base.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(r, k) * 0.01)
        self.B = nn.Parameter(torch.zeros(d, r))
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x):
        y = self.base(x)
        if self.merged:
            return y
        return y + self.dropout(x) @ self.A.T @ self.B.T * self.scaling

    def delta_weight(self):
        return self.B @ self.A * self.scaling

    @torch.no_grad()
    def merge(self):
        if self.merged:
            return
        self.old = self.base.weight.clone()
        self.base.weight += self.delta_weight()
        self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if not self.merged:
            return
        self.base.weight.copy_(self.old)
        self.merged = False
