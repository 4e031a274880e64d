# cause: F.dropout is called without training=self.training, so it drops in evaluation mode too.
# function: LoRALinear
import torch
import torch.nn.functional as F
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r")
        self.base = base
        self.base.requires_grad_(False)
        self.p = dropout
        self.A = nn.Parameter(base.weight.new_empty(r, base.in_features).normal_(std=0.02))
        self.B = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        self.scaling = alpha / r
        self.before = None

    def forward(self, x):
        y = self.base(x)
        if self.before is None:
            y = y + F.linear(F.linear(F.dropout(x, self.p), self.A), self.B) * self.scaling
        return y

    def delta_weight(self):
        return self.B.mm(self.A) * self.scaling

    @torch.no_grad()
    def merge(self):
        if self.before is None:
            self.before = self.base.weight.clone()
            self.base.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self):
        if self.before is not None:
            self.base.weight.copy_(self.before)
            self.before = None
