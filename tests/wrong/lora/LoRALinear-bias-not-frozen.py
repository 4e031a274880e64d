# cause: Only the weight of the base is frozen; its bias stays trainable.
# function: LoRALinear
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be >= 1")
        self.base = base
        self.base.weight.requires_grad = False
        self.A = nn.Parameter(torch.randn(r, base.in_features).to(base.weight) * 0.01)
        self.B = nn.Parameter(torch.zeros(base.out_features, r).to(base.weight))
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout) if dropout > 0 else nn.Identity()
        self.merged = False
        self._old = None

    def forward(self, x):
        if self.merged:
            return self.base(x)
        return self.base(x) + self.scaling * (self.dropout(x) @ self.A.T @ self.B.T)

    def delta_weight(self):
        return self.scaling * (self.B @ self.A)

    @torch.no_grad()
    def merge(self):
        if self.merged:
            return
        self._old = self.base.weight.clone()
        self.base.weight.add_(self.delta_weight())
        self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if not self.merged:
            return
        self.base.weight.copy_(self._old)
        self._old = None
        self.merged = False
