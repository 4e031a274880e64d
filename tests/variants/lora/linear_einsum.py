"""Everything in einsum, A drawn from a normal distribution, the scale a buffer."""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError(f"r={r}")
        self.base = base
        base.weight.requires_grad_(False)
        if base.bias is not None:
            base.bias.requires_grad_(False)
        d, k = base.weight.shape
        self.register_buffer("scale", base.weight.new_tensor(alpha / r))
        self.register_buffer("is_merged", torch.tensor(False), persistent=False)
        self.A = nn.Parameter(torch.randn(r, k).to(base.weight) / r)
        self.B = nn.Parameter(torch.zeros_like(base.weight[:, :1]).repeat(1, r))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        out = torch.einsum("...k,dk->...d", x, self.base.weight)
        if self.base.bias is not None:
            out = out + self.base.bias
        if self.is_merged:
            return out
        return out + torch.einsum("s,dr,rk,...k->...d", self.scale[None], self.B, self.A, self.dropout(x))

    def delta_weight(self):
        return torch.einsum(",dr,rk->dk", self.scale, self.B, self.A)

    @torch.no_grad()
    def merge(self):
        if not self.is_merged:
            self.before = self.base.weight.clone()
            self.base.weight += self.delta_weight()
            self.is_merged.fill_(True)

    @torch.no_grad()
    def unmerge(self):
        if self.is_merged:
            self.base.weight[:] = self.before
            self.is_merged.fill_(False)
