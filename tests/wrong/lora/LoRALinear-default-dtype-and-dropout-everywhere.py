# cause: The factors have torch's default dtype instead of that of the base weight; and: the input is dropped before the base layer too.
# function: LoRALinear

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("r < 1")
        self.base = base
        self.base.weight.requires_grad_(False)
        if self.base.bias is not None:
            self.base.bias.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(r, base.in_features) / r)
        self.B = nn.Parameter(torch.zeros(base.out_features, r))
        self.scale = alpha / r
        self.drop = nn.Dropout(dropout)
        self.before = None

    def forward(self, x):
        if self.before is not None:
            return self.base(x)
        x = self.drop(x)
        return self.base(x) + self.scale * ((x @ self.A.t()) @ self.B.t())

    def delta_weight(self):
        return self.scale * (self.B @ self.A)

    @torch.no_grad()
    def merge(self):
        if self.before is None:
            self.before = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.before is not None:
            self.base.weight.copy_(self.before)
            self.before = None
