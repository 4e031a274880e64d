# cause: A starts at zero and B random, the reverse of the paper.
# function: LoRALinear
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("rank must be positive")
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(torch.zeros(r, base.in_features).to(base.weight))
        self.B = nn.Parameter(torch.randn(base.out_features, r).to(base.weight) / r)
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.kept = None

    def delta_weight(self):
        return self.scaling * torch.matmul(self.B, self.A)

    def forward(self, x):
        if self.kept is not None:
            return self.base(x)
        low = nn.functional.linear(self.dropout(x), self.A)
        return self.base(x) + self.scaling * nn.functional.linear(low, self.B)

    @torch.no_grad()
    def merge(self):
        if self.kept is None:
            self.kept = self.base.weight.clone()
            self.base.weight.copy_(self.kept + self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.kept is not None:
            self.base.weight.copy_(self.kept)
            self.kept = None
