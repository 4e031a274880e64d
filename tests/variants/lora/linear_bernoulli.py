"""Dropout through torch.bernoulli, before the scale; the layer keeps its parts under names of its own."""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("a rank of at least one, please")
        self.pretrained_layer = base
        self.pretrained_layer.requires_grad_(False)
        self.squeeze = nn.Parameter(base.weight.new_empty(r, base.in_features).normal_(0, base.in_features**-0.5))
        self.spread = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        self.keep = 1.0 - dropout
        self.gain = float(alpha) / float(r)
        self.original = []

    def delta_weight(self):
        return self.spread.mul(self.gain) @ self.squeeze

    def forward(self, x):
        y = self.pretrained_layer(x)
        if self.original:
            return y
        if self.training and self.keep < 1:
            x = x * torch.bernoulli(torch.full_like(x, self.keep)) / max(self.keep, 1e-12)
        return y + self.gain * ((x @ self.squeeze.T) @ self.spread.T)

    def merge(self):
        if not self.original:
            with torch.no_grad():
                self.original.append(self.pretrained_layer.weight.clone())
                self.pretrained_layer.weight.add_(self.delta_weight())

    def unmerge(self):
        if self.original:
            with torch.no_grad():
                self.pretrained_layer.weight.copy_(self.original.pop())
