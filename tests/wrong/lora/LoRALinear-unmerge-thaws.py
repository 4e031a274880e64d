# cause: Unmerge puts a new Parameter in place of the weight, and a new Parameter is trainable.
# function: LoRALinear

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if not r >= 1:
            raise ValueError(f"{r=}")
        self.base = base
        for parameter in base.parameters():
            parameter.requires_grad = False
        d, k = base.weight.shape
        spec = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.A = nn.Parameter(torch.randn(r, k, **spec) / k**0.5)
        self.B = nn.Parameter(torch.zeros(d, r, **spec))
        self.s = alpha / r
        self.drop = nn.Dropout(dropout)
        self.w_before = None

    def forward(self, x):
        h = self.base(x)
        return h if self.w_before is not None else h + self.s * (self.drop(x) @ self.A.mT @ self.B.mT)

    def delta_weight(self):
        return self.s * (self.B @ self.A)

    @torch.no_grad()
    def merge(self):
        if self.w_before is not None:
            return
        self.w_before = self.base.weight.clone()
        self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.w_before is None:
            return
        self.base.weight = nn.Parameter(self.w_before)
        self.w_before = None
