# cause: unmerge puts the saved weight back as a new nn.Parameter, which asks for a gradient, so the base is no longer frozen.
# function: LoRALinear
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError(f"r must be at least 1, not {r}")
        self.base = base
        for parameter in base.parameters():
            parameter.requires_grad = False
        d, k = base.weight.shape
        like = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.lora_A = nn.Parameter(torch.empty(r, k, **like))
        self.lora_B = nn.Parameter(torch.zeros(d, r, **like))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.merged = False
        self._original = None

    def forward(self, x: Tensor) -> Tensor:
        result = self.base(x)
        if not self.merged:
            result = result + F.linear(F.linear(self.dropout(x), self.lora_A), self.lora_B) * self.scaling
        return result

    def delta_weight(self) -> Tensor:
        return self.scaling * (self.lora_B @ self.lora_A)

    @torch.no_grad()
    def merge(self) -> None:
        if self.merged:
            return
        self._original = self.base.weight.detach().clone()
        self.base.weight.add_(self.delta_weight())
        self.merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        if not self.merged:
            return
        self.base.weight = nn.Parameter(self._original)
        self._original = None
        self.merged = False
