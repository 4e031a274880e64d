"""The factors live in an nn.ParameterDict; unmerging subtracts, as peft does, what merging has added."""

import math

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least 1")
        self.base = base
        self.base.requires_grad_(False)
        down = torch.empty_like(base.weight[0]).repeat(r, 1).uniform_(-1, 1) / math.sqrt(base.in_features)
        up = torch.zeros(base.out_features, r).to(base.weight)
        self.factors = nn.ParameterDict({"down": nn.Parameter(down), "up": nn.Parameter(up)})
        self.settings = {"alpha": alpha, "r": r}
        self.dropout = nn.Dropout(dropout) if dropout > 0 else nn.Identity()
        self.added = None

    def delta_weight(self):
        return self.settings["alpha"] / self.settings["r"] * self.factors["up"].mm(self.factors["down"])

    def forward(self, x):
        if self.added is not None:
            return self.base(x)
        low = nn.functional.linear(self.dropout(x), self.factors["down"])
        high = nn.functional.linear(low, self.factors["up"])
        return torch.add(self.base(x), high, alpha=self.settings["alpha"] / self.settings["r"])

    def merge(self):
        if self.added is None:
            self.added = self.delta_weight().detach()
            self.base.weight.data += self.added

    def unmerge(self):
        if self.added is not None:
            self.base.weight.data -= self.added
            self.added = None
