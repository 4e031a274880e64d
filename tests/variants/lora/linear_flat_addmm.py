"""Leading dimensions are flattened for one torch.addmm and restored afterwards; merging swaps whole layers."""

import copy

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r")
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(nn.Linear(base.in_features, r, bias=False).weight.detach().to(base.weight))
        self.B = nn.Parameter(torch.zeros_like(nn.Linear(r, base.out_features, bias=False).weight).to(base.weight))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.layers = []

    def delta_weight(self):
        return torch.addmm(torch.zeros_like(self.base.weight), self.B, self.A, beta=0, alpha=self.scale)

    def forward(self, x):
        if self.layers:
            return self.base(x)
        rows = x.reshape(-1, x.shape[-1])
        out = torch.addmm(self.base(rows), self.dropout(rows) @ self.A.t(), self.B.t(), alpha=self.scale)
        return out.reshape(x.shape[:-1] + out.shape[-1:])

    def merge(self):
        if not self.layers:
            self.layers.append(self.base)
            self.base = copy.deepcopy(self.base)
            self.base.weight.data += self.delta_weight().detach()

    def unmerge(self):
        if self.layers:
            self.base = self.layers.pop()
