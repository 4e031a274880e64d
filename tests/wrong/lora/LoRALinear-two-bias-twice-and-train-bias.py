# cause: The base bias is added a second time to the output; and the down projection has a trainable bias.
# function: LoRALinear
import torch
import torch.nn.functional as F
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r")
        self.base = base
        self.base.requires_grad_(False)
        kw = dict(dtype=base.weight.dtype, device=base.weight.device)
        self.A = nn.Linear(base.in_features, r, **kw)
        self.B = nn.Linear(r, base.out_features, bias=False, **kw)
        nn.init.zeros_(self.B.weight)
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.W0 = None

    def forward(self, x):
        out = self.base(x)
        if self.base.bias is not None:
            out = out + self.base.bias
        if self.W0 is None:
            out = out + self.scaling * self.B(self.A(self.dropout(x)))
        return out

    def delta_weight(self):
        return self.scaling * (self.B.weight @ self.A.weight)

    @torch.no_grad()
    def merge(self):
        if self.W0 is None:
            self.W0 = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.W0 is not None:
            self.base.weight.copy_(self.W0)
            self.W0 = None
