"""No matrix product at all in the branch: loops over the directions of the update, and sums of outer products."""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("at least one direction")
        self.base = base
        self.base.requires_grad_(False)
        self.A = nn.Parameter(torch.stack([torch.randn_like(base.weight[0]) / 4 for _ in range(r)]))
        self.B = nn.Parameter(torch.stack([torch.zeros_like(base.weight[:, 0]) for _ in range(r)], dim=1))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.plain = None

    def delta_weight(self):
        total = torch.zeros_like(self.base.weight)
        for row, column in zip(self.A, self.B.T, strict=True):
            total = total + self.scale * torch.outer(column, row)
        return total

    def forward(self, x):
        y = self.base(x)
        if self.plain is None:
            seen = self.dropout(x)
            for row, column in zip(self.A, self.B.T, strict=True):
                y = y + self.scale * (seen * row).sum(-1, keepdim=True) * column
        return y

    @torch.no_grad()
    def merge(self):
        if self.plain is None:
            self.plain, self.base.weight.data = self.base.weight.data, self.base.weight.data + self.delta_weight()

    @torch.no_grad()
    def unmerge(self):
        if self.plain is not None:
            self.base.weight.data, self.plain = self.plain, None
