# cause: Unmerge subtracts the update as it is now, which is wrong when the factors have changed since merge.
# function: LoRALinear

import math

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be >= 1")
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        self.lora_A = nn.Parameter(base.weight.new_empty((r, base.in_features)))
        self.lora_B = nn.Parameter(base.weight.new_empty((base.out_features, r)))
        self.scaling = alpha / r
        self.lora_dropout = nn.Dropout(p=dropout)
        self.merged = False
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        nn.init.zeros_(self.lora_B)

    def forward(self, x):
        result = self.base(x)
        if not self.merged:
            result = result + (self.lora_dropout(x) @ self.lora_A.T @ self.lora_B.T) * self.scaling
        return result

    def delta_weight(self):
        return (self.lora_B @ self.lora_A) * self.scaling

    @torch.no_grad()
    def merge(self):
        if self.merged:
            return
        self.base.weight.data += self.delta_weight()
        self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if not self.merged:
            return
        self.base.weight.data -= self.delta_weight()
        self.merged = False
