"""The branch is a torch.autograd.Function with gradients written by hand."""

import torch
from torch import nn


class Branch(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, a, b, scale):
        flat = x.reshape(-1, x.shape[-1])
        low = flat @ a.T
        ctx.save_for_backward(flat, low, a, b)
        ctx.scale, ctx.shape = scale, x.shape
        return (scale * low @ b.T).reshape(*x.shape[:-1], b.shape[0])

    @staticmethod
    def backward(ctx, upstream):
        flat, low, a, b = ctx.saved_tensors
        g = ctx.scale * upstream.reshape(-1, upstream.shape[-1])
        return ((g @ b) @ a).reshape(ctx.shape), (g @ b).T @ flat, g.T @ low, None


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r")
        self.base = base
        base.requires_grad_(False)
        self.A = nn.Parameter(torch.nn.init.orthogonal_(torch.empty(r, base.in_features)).to(base.weight))
        self.B = nn.Parameter(torch.zeros(base.out_features, r).to(base.weight))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.kept = None

    def delta_weight(self):
        return self.scale * (self.B @ self.A)

    def forward(self, x):
        out = self.base(x)
        if self.kept is None:
            out = out + Branch.apply(self.dropout(x), self.A, self.B, self.scale)
        return out

    @torch.no_grad()
    def merge(self):
        if self.kept is None:
            self.kept = self.base.weight.clone()
            self.base.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self):
        if self.kept is not None:
            self.base.weight.copy_(self.kept)
            self.kept = None
