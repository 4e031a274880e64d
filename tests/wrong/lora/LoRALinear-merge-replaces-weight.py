# cause: merge writes B A alone into the weight instead of adding it to W.
# function: LoRALinear
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r")
        self.base = base
        for p in self.base.parameters():
            p.requires_grad = False
        self.down = nn.Parameter(base.weight.new_empty(r, base.in_features).uniform_(-0.1, 0.1))
        self.up = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.is_merged = False

    def forward(self, x):
        y = self.base(x)
        if self.is_merged:
            return y
        return y + self.scaling * nn.functional.linear(nn.functional.linear(self.dropout(x), self.down), self.up)

    def delta_weight(self):
        return self.scaling * (self.up @ self.down)

    @torch.no_grad()
    def merge(self):
        if self.is_merged:
            return
        self.w = self.base.weight.clone()
        self.base.weight.copy_(self.delta_weight())
        self.is_merged = True

    @torch.no_grad()
    def unmerge(self):
        if not self.is_merged:
            return
        self.base.weight.copy_(self.w)
        self.is_merged = False
