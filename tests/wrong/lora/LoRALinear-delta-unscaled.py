# cause: delta_weight (and so merge) leaves out the factor alpha / r.
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
        self.A = nn.Parameter(torch.empty(r, base.in_features, dtype=base.weight.dtype, device=base.weight.device))
        nn.init.xavier_normal_(self.A)
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=base.weight.dtype, device=base.weight.device))
        self.alpha, self.r = alpha, r
        self.dropout = nn.Dropout(dropout)
        self.saved_weight = None

    def forward(self, x):
        out = self.base(x)
        if self.saved_weight is None:
            out = out + self.alpha / self.r * (self.dropout(x) @ self.A.T @ self.B.T)
        return out

    def delta_weight(self):
        return self.B @ self.A

    @torch.no_grad()
    def merge(self):
        if self.saved_weight is None:
            self.saved_weight = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.saved_weight is not None:
            self.base.weight.copy_(self.saved_weight)
            self.saved_weight = None
