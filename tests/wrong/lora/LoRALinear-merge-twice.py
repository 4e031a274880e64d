# cause: Merge does not look whether the layer is merged already, so a second call adds the update again.
# function: LoRALinear

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be >= 1")
        self.base = base
        self.base.requires_grad_(False)
        w = base.weight
        self.lora_A = nn.Parameter(torch.randn(r, w.size(1), dtype=w.dtype, device=w.device) * 0.02)
        self.lora_B = nn.Parameter(torch.zeros(w.size(0), r, dtype=w.dtype, device=w.device))
        self.scaling = alpha / r
        self.lora_dropout = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x):
        if self.merged:
            return self.base(x)
        lora = self.lora_dropout(x) @ self.lora_A.transpose(0, 1) @ self.lora_B.transpose(0, 1)
        return self.base(x) + lora * self.scaling

    def delta_weight(self):
        return self.lora_B @ self.lora_A * self.scaling

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self.w0 = self.base.weight.data.clone()
        self.base.weight.data += self.delta_weight()
        self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.base.weight.data.copy_(self.w0)
            self.merged = False
