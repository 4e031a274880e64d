"""The layer itself is a dataclass: its settings are fields, the rest happens after initialisation."""

from dataclasses import InitVar, dataclass

import torch
from torch import nn


@dataclass(eq=False)
class LoRALinear(nn.Module):
    base: InitVar[nn.Linear]
    r: int
    alpha: float
    dropout: float = 0.0

    def __post_init__(self, base):
        super().__init__()
        if self.r < 1:
            raise ValueError(f"r={self.r}")
        self.linear = base.requires_grad_(False)
        self.A = nn.Parameter(nn.init.kaiming_normal_(base.weight.new_empty(self.r, base.in_features)))
        self.B = nn.Parameter(base.weight.new_zeros(base.out_features, self.r))
        self.plain_weight = None

    def delta_weight(self):
        return self.alpha * (self.B @ self.A) / self.r

    def forward(self, x):
        y = self.linear(x)
        if self.plain_weight is None:
            x = nn.functional.dropout(x, p=self.dropout, training=self.training)
            y = y + self.alpha * nn.functional.linear(nn.functional.linear(x, self.A), self.B) / self.r
        return y

    @torch.no_grad()
    def merge(self):
        if self.plain_weight is None:
            self.plain_weight = self.linear.weight.clone()
            self.linear.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.plain_weight is not None:
            self.linear.weight.copy_(self.plain_weight)
            self.plain_weight = None
