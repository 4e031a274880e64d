# cause: The base is "frozen" by setting requires_grad on the module, so its parameters stay trainable.
# function: LoRALinear
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r < 1")
        self.base = base
        self.base.requires_grad = False
        self.lora_a = nn.Parameter(torch.empty(r, base.in_features, dtype=base.weight.dtype, device=base.weight.device))
        self.lora_b = nn.Parameter(
            torch.zeros(base.out_features, r, dtype=base.weight.dtype, device=base.weight.device)
        )
        nn.init.normal_(self.lora_a, std=1 / r)
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x):
        res = self.base(x)
        if not self.merged:
            res = res + self.dropout(x) @ self.lora_a.T @ self.lora_b.T * self.scaling
        return res

    def delta_weight(self):
        return self.lora_b @ self.lora_a * self.scaling

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self._w = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())
            self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.base.weight.copy_(self._w)
            self.merged = False
