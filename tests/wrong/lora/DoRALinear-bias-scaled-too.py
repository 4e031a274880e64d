# cause: The magnitudes are applied to the outputs with the bias already in them, so the bias is stretched as well.
# function: DoRALinear

import math

import torch
import torch.nn.functional as F
from torch import nn


class DoRALinear(nn.Module):
    def __init__(self, base, r, alpha, rs=False):
        super().__init__()
        if r < 1:
            raise ValueError("the rank must be at least 1")
        self.base = base
        self.base.requires_grad_(False)
        W = base.weight
        self.A = nn.Parameter(W.new_empty(r, W.shape[1]))
        self.B = nn.Parameter(W.new_zeros(W.shape[0], r))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.m = nn.Parameter(W.detach().norm(dim=1))
        self.s = alpha / math.sqrt(r) if rs else alpha / r

    def forward(self, x):
        update = self.s * (self.B @ self.A)
        norm = (self.base.weight + update).norm(dim=1).detach()
        out = self.base(x) + F.linear(x, update)
        return out * (self.m / norm)
