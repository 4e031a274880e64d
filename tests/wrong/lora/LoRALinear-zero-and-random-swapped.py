# cause: The down factor A starts at zero and the up factor B starts random, the wrong way round.
# function: LoRALinear

import torch
from torch import nn


class LoRALinear(nn.Module):
    """W x + b stays; two thin linear layers learn beside it."""

    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("rank too small")
        self.base = base
        self.base.requires_grad_(False)
        options = dict(device=base.weight.device, dtype=base.weight.dtype)
        self.lora_down = nn.Linear(base.in_features, r, bias=False, **options)
        self.lora_up = nn.Linear(r, base.out_features, bias=False, **options)
        nn.init.zeros_(self.lora_down.weight)
        nn.init.normal_(self.lora_up.weight, std=1 / r)
        self.scaling = alpha / r
        self.drop = nn.Dropout(dropout)
        self.original = None

    def forward(self, x):
        result = self.base(x)
        if self.original is None:
            result = result + self.lora_up(self.lora_down(self.drop(x))) * self.scaling
        return result

    def delta_weight(self):
        return self.lora_up.weight @ self.lora_down.weight * self.scaling

    @torch.no_grad()
    def merge(self):
        if self.original is not None:
            return
        self.original = self.base.weight.detach().clone()
        self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.original is None:
            return
        self.base.weight.copy_(self.original)
        self.original = None
