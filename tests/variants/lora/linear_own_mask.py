"""Dropout by a mask of one's own: each input survives with probability 1 - p and is then divided by 1 - p."""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r < 1")
        self.base = base
        self.base.requires_grad_(False)
        self.A = nn.Parameter(torch.randn_like(base.weight[:1].repeat(r, 1)) * 0.05)
        self.B = nn.Parameter(base.weight.new_zeros((base.out_features, r)))
        self.scale, self.p = alpha / r, dropout
        self.w = None

    def thin_out(self, x):
        if not self.training or self.p == 0:
            return x
        if self.p == 1:
            return torch.zeros_like(x)
        survives = torch.rand(x.shape, device=x.device) >= self.p
        return torch.where(survives, x / (1 - self.p), torch.zeros_like(x))

    def delta_weight(self):
        return torch.linalg.multi_dot([self.B, self.A]) * self.scale

    def forward(self, x):
        if self.w is not None:
            return self.base(x)
        return self.base(x) + self.scale * (self.thin_out(x) @ self.A.T @ self.B.T)

    def merge(self):
        if self.w is None:
            self.w = self.base.weight.detach().clone()
            self.base.weight.data.add_(self.delta_weight().data)

    def unmerge(self):
        if self.w is not None:
            self.base.weight.data.copy_(self.w)
        self.w = None
