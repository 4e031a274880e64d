# cause: Scales by alpha / sqrt(r), the rule of rsLoRA, instead of alpha / r.
# function: LoRALinear

import math

import torch
import torch.nn.functional as F
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0):
        super().__init__()
        if r <= 0:
            raise ValueError("`r` should be a positive integer")
        self.base = base.requires_grad_(False)
        self.p = dropout
        self.scaling = alpha / math.sqrt(r)
        d, k = base.weight.shape
        self.A = nn.Parameter(torch.empty(r, k, dtype=base.weight.dtype, device=base.weight.device))
        self.B = nn.Parameter(torch.zeros(d, r, dtype=base.weight.dtype, device=base.weight.device))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.merged, self._w = False, None

    def forward(self, x):
        out = self.base(x)
        if not self.merged:
            z = F.dropout(x, self.p, self.training)
            out = out + self.scaling * torch.einsum("...k,rk,dr->...d", z, self.A, self.B)
        return out

    def delta_weight(self):
        return self.scaling * torch.einsum("dr,rk->dk", self.B, self.A)

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self._w = self.base.weight.data.clone()
            self.base.weight.data += self.delta_weight()
            self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.base.weight.data.copy_(self._w)
            self._w, self.merged = None, False
