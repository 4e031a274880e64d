# cause: The dropout is applied to x before both branches, so that W x + b sees dropped inputs as well
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
        for p in self.base.parameters():
            p.requires_grad = False
        d, k = base.weight.shape
        self.A = nn.Parameter(torch.empty(r, k, dtype=base.weight.dtype, device=base.weight.device))
        self.B = nn.Parameter(torch.zeros(d, r, dtype=base.weight.dtype, device=base.weight.device))
        nn.init.kaiming_uniform_(self.A, a=5**0.5)
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.saved = None

    def forward(self, x):
        if self.saved is not None:
            return self.base(x)
        x = self.dropout(x)
        return self.base(x) + F.linear(F.linear(x, self.A), self.B) * self.scaling

    def delta_weight(self):
        return self.scaling * (self.B @ self.A)

    @torch.no_grad()
    def merge(self):
        if self.saved is not None:
            return
        self.saved = self.base.weight.clone()
        self.base.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self):
        if self.saved is None:
            return
        self.base.weight.copy_(self.saved)
        self.saved = None
