# cause: Eval() merges the update into the weight and train() takes it out again, as in Microsoft's loralib, although nothing but merge should merge.
# function: LoRALinear

import math

import torch
import torch.nn.functional as F
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError(f"rank {r} is less than 1")
        self.base = base
        for p in self.base.parameters():
            p.requires_grad = False
        d, k = base.weight.shape
        kw = dict(dtype=base.weight.dtype, device=base.weight.device)
        self.A = nn.Parameter(torch.empty(r, k, **kw))
        self.B = nn.Parameter(torch.zeros(d, r, **kw))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.scale = alpha / r
        self.p = dropout
        self.merged = False
        self.backup = None

    def train(self, mode=True):
        super().train(mode)
        if mode:
            self.unmerge()
        else:
            self.merge()
        return self

    def forward(self, x):
        h = self.base(x)
        if self.merged:
            return h
        z = F.dropout(x, self.p, self.training)
        return h + self.scale * F.linear(F.linear(z, self.A), self.B)

    def delta_weight(self):
        return self.scale * self.B.mm(self.A)

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self.backup = self.base.weight.detach().clone()
            self.base.weight.add_(self.delta_weight())
            self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.base.weight.copy_(self.backup)
            self.backup = None
            self.merged = False
