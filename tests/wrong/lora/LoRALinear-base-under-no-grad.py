# cause: The base is called under no_grad, so x gets no gradient through W and layers below cannot learn from it.
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
        factory = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.A = nn.Parameter(torch.randn(r, base.in_features, **factory) * 0.02)
        self.B = nn.Parameter(torch.zeros(base.out_features, r, **factory))
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.frozen_copy = None

    def forward(self, x):
        with torch.no_grad():
            out = self.base(x)
        if self.frozen_copy is not None:
            return out
        return out + self.scaling * (self.dropout(x) @ self.A.T @ self.B.T)

    def delta_weight(self):
        return self.scaling * self.B @ self.A

    @torch.no_grad()
    def merge(self):
        if self.frozen_copy is None:
            self.frozen_copy = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.frozen_copy is not None:
            self.base.weight.copy_(self.frozen_copy)
            self.frozen_copy = None
