# cause: Both factors start random, so the layer does not begin as a copy of its base.
# function: LoRALinear
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        self.down = nn.Linear(base.in_features, r, bias=False, dtype=base.weight.dtype, device=base.weight.device)
        self.up = nn.Linear(r, base.out_features, bias=False, dtype=base.weight.dtype, device=base.weight.device)
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.w0 = None

    def forward(self, x):
        y = self.base(x)
        if self.w0 is None:
            y = y + self.up(self.down(self.dropout(x))) * self.scale
        return y

    def delta_weight(self):
        return self.up.weight @ self.down.weight * self.scale

    @torch.no_grad()
    def merge(self):
        if self.w0 is None:
            self.w0 = self.base.weight.clone()
            self.base.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self):
        if self.w0 is not None:
            self.base.weight.copy_(self.w0)
            self.w0 = None
