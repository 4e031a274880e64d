# cause: merge does not look whether the layer is merged already, so a second merge adds the update again.
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
        self.A = nn.Parameter(torch.randn(r, base.in_features).to(base.weight) * 0.05)
        self.B = nn.Parameter(torch.zeros(base.out_features, r).to(base.weight))
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.merged = False
        self.original = base.weight.detach().clone()

    def forward(self, x):
        if self.merged:
            return self.base(x)
        return self.base(x) + self.dropout(x) @ self.A.T @ self.B.T * self.scaling

    def delta_weight(self):
        return self.B @ self.A * self.scaling

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self.original = self.base.weight.clone()
        self.base.weight.add_(self.delta_weight())
        self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.base.weight.copy_(self.original)
            self.merged = False
