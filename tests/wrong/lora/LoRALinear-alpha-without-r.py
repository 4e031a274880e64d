# cause: The update is scaled by alpha alone, the division by r is missing.
# function: LoRALinear
import torch
import torch.nn as nn
import torch.nn.functional as F


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least 1")
        self.base = base
        for p in self.base.parameters():
            p.requires_grad = False
        w = base.weight
        self.A = nn.Parameter(torch.randn(r, base.in_features, dtype=w.dtype, device=w.device) * 0.02)
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=w.dtype, device=w.device))
        self.scaling = alpha
        self.drop = nn.Dropout(dropout)
        self.saved = None

    def forward(self, x):
        out = self.base(x)
        if self.saved is None:
            out = out + F.linear(F.linear(self.drop(x), self.A), self.B) * self.scaling
        return out

    def delta_weight(self):
        return self.B @ self.A * self.scaling

    @torch.no_grad()
    def merge(self):
        if self.saved is None:
            self.saved = self.base.weight.clone()
            self.base.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self):
        if self.saved is not None:
            self.base.weight.copy_(self.saved)
            self.saved = None
