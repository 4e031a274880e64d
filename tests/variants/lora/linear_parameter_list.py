"""The factors live in an nn.ParameterList, B before A; the weight that waits for unmerge is a persistent buffer."""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if not r >= 1:
            raise ValueError(r)
        self.base = base.requires_grad_(False)
        first = torch.empty(r, base.in_features, dtype=base.weight.dtype, device=base.weight.device)
        nn.init.xavier_normal_(first)
        self.pair = nn.ParameterList([torch.zeros_like(base.weight[:, 0]).unsqueeze(1).repeat(1, r), first])
        self.strength = alpha / r
        self.dropout = dropout
        self.register_buffer("original", None)

    def delta_weight(self):
        b, a = self.pair
        return (self.strength * b).matmul(a)

    def forward(self, x):
        result = self.base(x)
        if self.original is None:
            b, a = self.pair
            seen = nn.functional.dropout(x, self.dropout, self.training)
            result = result + seen.matmul((self.strength * a).T).matmul(b.T)
        return result

    def merge(self):
        with torch.no_grad():
            if self.original is None:
                self.original = self.base.weight.detach().clone()
                self.base.weight.copy_(self.original + self.delta_weight())

    def unmerge(self):
        with torch.no_grad():
            if self.original is not None:
                self.base.weight.copy_(self.original)
                self.original = None
