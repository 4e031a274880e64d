# cause: The original weight is saved in a module-level slot per shape, so a second merged layer of that shape overwrites it.
# function: LoRALinear
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_SAVED_WEIGHTS: dict[tuple[int, ...], Tensor] = {}


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least 1")
        self.base = base
        for parameter in base.parameters():
            parameter.requires_grad_(False)
        like = base.weight
        self.lora_A = nn.Parameter(torch.empty_like(like[:1]).repeat(r, 1))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, r, dtype=like.dtype, device=like.device))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x: Tensor) -> Tensor:
        out = self.base(x)
        if self.merged:
            return out
        return out + F.linear(F.linear(self.dropout(x), self.lora_A), self.lora_B) * self.scale

    def delta_weight(self) -> Tensor:
        return self.scale * self.lora_B @ self.lora_A

    @torch.no_grad()
    def merge(self) -> None:
        if self.merged:
            return
        weight = self.base.weight
        _SAVED_WEIGHTS[tuple(weight.shape)] = weight.detach().clone()
        weight += self.scale * self.lora_B @ self.lora_A
        self.merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        if not self.merged:
            return
        self.base.weight.copy_(_SAVED_WEIGHTS[tuple(self.base.weight.shape)])
        self.merged = False
