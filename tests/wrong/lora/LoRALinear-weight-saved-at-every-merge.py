# cause: merge saves the weight before it checks whether the layer is already merged, so after merging twice unmerge restores the merged weight
# function: LoRALinear
import torch
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
        self.A = nn.Parameter(torch.randn(r, k).to(base.weight) * 0.02)
        self.B = nn.Parameter(torch.zeros(d, r).to(base.weight))
        self.scale = alpha / r
        self.drop = nn.Dropout(dropout)
        self.merged = False
        self.old = None

    def forward(self, x):
        out = self.base(x)
        if self.merged:
            return out
        return out + self.scale * (self.drop(x) @ self.A.T @ self.B.T)

    def delta_weight(self):
        return self.scale * (self.B @ self.A)

    @torch.no_grad()
    def merge(self):
        self.old = self.base.weight.clone()
        if self.merged:
            return
        self.base.weight += self.delta_weight()
        self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if not self.merged:
            return
        self.base.weight.copy_(self.old)
        self.merged = False
