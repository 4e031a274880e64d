# cause: Unmerging subtracts the update that the factors give now, so the weight is not as before if they have changed while merged.
# function: LoRALinear

import math

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least 1")
        self.base = base
        self.base.requires_grad_(False)
        w = base.weight
        self.lora_A = nn.Parameter(w.new_empty(r, base.in_features))
        self.lora_B = nn.Parameter(w.new_zeros(base.out_features, r))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x):
        result = self.base(x)
        if not self.merged:
            result = result + (self.dropout(x) @ self.lora_A.T @ self.lora_B.T) * self.scaling
        return result

    def delta_weight(self):
        return self.scaling * (self.lora_B @ self.lora_A)

    @torch.no_grad()
    def merge(self):
        if self.merged:
            return
        self.base.weight += self.delta_weight()
        self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if not self.merged:
            return
        self.base.weight -= self.delta_weight()
        self.merged = False
