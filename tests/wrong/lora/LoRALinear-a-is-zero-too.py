# cause: Both factors start at zero, so neither ever gets a gradient.
# function: LoRALinear
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r <= 0:
            raise ValueError("r")
        self.base = base
        base.weight.requires_grad = False
        if base.bias is not None:
            base.bias.requires_grad = False
        kw = dict(dtype=base.weight.dtype, device=base.weight.device)
        self.A = nn.Parameter(torch.zeros(r, base.in_features, **kw))
        self.B = nn.Parameter(torch.zeros(base.out_features, r, **kw))
        self.s = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.original = None

    def forward(self, x):
        h = self.base(x)
        if self.original is not None:
            return h
        return h + self.s * (self.dropout(x) @ self.A.t()) @ self.B.t()

    def delta_weight(self):
        return self.s * self.B @ self.A

    @torch.no_grad()
    def merge(self):
        if self.original is not None:
            return
        self.original = self.base.weight.clone()
        self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.original is None:
            return
        self.base.weight.copy_(self.original)
        self.original = None
