# cause: Dropout is applied to the input before the base as well, so W x + b does not see every input.
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
        self.A = nn.Parameter(torch.randn(r, base.in_features, dtype=base.weight.dtype, device=base.weight.device))
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=base.weight.dtype, device=base.weight.device))
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.merged_from = None

    def forward(self, x):
        if self.merged_from is not None:
            return self.base(x)
        x = self.dropout(x)
        return self.base(x) + (x @ self.A.T) @ self.B.T * self.scaling

    def delta_weight(self):
        return (self.B @ self.A) * self.scaling

    @torch.no_grad()
    def merge(self):
        if self.merged_from is None:
            self.merged_from = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.merged_from is not None:
            self.base.weight.copy_(self.merged_from)
            self.merged_from = None
