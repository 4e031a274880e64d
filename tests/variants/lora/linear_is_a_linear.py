"""LoRALinear inherits from nn.Linear and shares the very Parameters of the layer that it wraps."""

import torch
from torch import nn


class LoRALinear(nn.Linear):
    def __init__(self, base, r, alpha, dropout=0.0):
        if r < 1:
            raise ValueError(f"rank {r}")
        super().__init__(base.in_features, base.out_features, bias=base.bias is not None, device="meta")
        self.weight, self.bias = base.weight, base.bias
        self.requires_grad_(False)
        self.A = nn.Parameter(torch.empty_like(base.weight[:1]).expand(r, -1).clone())
        self.B = nn.Parameter(torch.zeros_like(base.weight[:, :1]).expand(-1, r).clone())
        nn.init.kaiming_uniform_(self.A, a=5**0.5)
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.backup = None

    def delta_weight(self):
        return self.scale * self.B @ self.A

    def forward(self, x):
        out = super().forward(x)
        return out if self.backup is not None else out + self.scale * (self.dropout(x) @ self.A.mT) @ self.B.mT

    @torch.no_grad()
    def merge(self):
        if self.backup is None:
            self.backup = self.weight.clone()
            self.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.backup is not None:
            self.weight.copy_(self.backup)
            self.backup = None
