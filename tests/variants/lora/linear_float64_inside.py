"""The branch is computed in float64 whatever the base is, and rounded once, at its end."""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("rank below one")
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(r, base.in_features, dtype=torch.float64).mul(0.1).to(base.weight))
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=torch.float64).to(base.weight))
        self.scale = torch.tensor(alpha, dtype=torch.float64) / r
        self.dropout = nn.Dropout(dropout)
        self.state = "apart"

    def delta_weight(self):
        return (self.scale * (self.B.double() @ self.A.double())).to(self.B.dtype)

    def forward(self, x):
        out = self.base(x)
        if self.state == "merged":
            return out
        branch = self.dropout(x).double() @ self.A.double().t() @ self.B.double().t() * self.scale
        return (out.double() + branch).to(out.dtype)

    @torch.no_grad()
    def merge(self):
        if self.state == "apart":
            self.kept = self.base.weight.detach().clone().double()
            self.base.weight.copy_(self.kept + self.scale * (self.B.double() @ self.A.double()))
            self.state = "merged"

    @torch.no_grad()
    def unmerge(self):
        if self.state == "merged":
            self.base.weight.copy_(self.kept)
            self.state = "apart"
