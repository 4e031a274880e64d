# cause: Seeds the generator inside the constructor for reproducibility, so every layer of the same size starts with the same A.
# function: LoRALinear

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be >= 1")
        torch.manual_seed(42)
        self.base = base
        self.base.requires_grad_(False)
        w = base.weight
        self.A = nn.Parameter(torch.randn(r, base.in_features, dtype=w.dtype, device=w.device) * 0.02)
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=w.dtype, device=w.device))
        self.scale, self.dropout, self.saved = alpha / r, nn.Dropout(dropout), None

    def forward(self, x):
        branch = 0 if self.saved is not None else self.scale * (self.dropout(x) @ self.A.T @ self.B.T)
        return self.base(x) + branch

    def delta_weight(self):
        return self.scale * (self.B @ self.A)

    @torch.no_grad()
    def merge(self):
        if self.saved is None:
            self.saved = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.saved is not None:
            self.base.weight.copy_(self.saved)
            self.saved = None
