# cause: Takes frozen to mean cut off and runs the base under no_grad, so x gets no gradient through W.
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
        for p in base.parameters():
            p.requires_grad = False
        self.A = nn.Parameter(torch.empty(r, base.in_features).to(base.weight))
        self.B = nn.Parameter(torch.zeros(base.out_features, r).to(base.weight))
        nn.init.xavier_normal_(self.A)
        self.scale = alpha / r
        self.dropout = dropout
        self.saved_weight = None

    def forward(self, x):
        with torch.no_grad():
            frozen = self.base(x)
        if self.saved_weight is not None:
            return frozen
        x = F.dropout(x, p=self.dropout, training=self.training)
        return frozen + self.scale * F.linear(F.linear(x, self.A), self.B)

    def delta_weight(self):
        return self.scale * (self.B @ self.A)

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
