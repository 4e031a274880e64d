# cause: Unmerge subtracts the update that the factors hold now, instead of restoring the weight from before merge
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
        self.merged = False

    def forward(self, x):
        out = self.base(x)
        if not self.merged:
            out = out + self.scaling * (self.dropout(x) @ self.A.T @ self.B.T)
        return out

    def delta_weight(self):
        return self.scaling * (self.B @ self.A)

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self.base.weight.data += self.delta_weight()
            self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.base.weight.data -= self.delta_weight()
            self.merged = False
