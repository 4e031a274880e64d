# cause: Multiplies the update by alpha and does not divide by the rank.
# function: LoRALinear

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("rank")
        self.base = base
        for param in self.base.parameters():
            param.requires_grad_(False)
        kwargs = dict(bias=False, dtype=base.weight.dtype, device=base.weight.device)
        self.down = nn.Linear(base.in_features, r, **kwargs)
        self.up = nn.Linear(r, base.out_features, **kwargs)
        nn.init.zeros_(self.up.weight)
        self.alpha = alpha
        self.drop = nn.Dropout(dropout)
        self.original = None

    def forward(self, x):
        h = self.base(x)
        if self.original is not None:
            return h
        return h + self.alpha * self.up(self.down(self.drop(x)))

    def delta_weight(self):
        return self.alpha * self.up.weight @ self.down.weight

    @torch.no_grad()
    def merge(self):
        if self.original is not None:
            return
        self.original = self.base.weight.clone()
        self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.original is None:
            return
        self.base.weight.copy_(self.original)
        self.original = None
