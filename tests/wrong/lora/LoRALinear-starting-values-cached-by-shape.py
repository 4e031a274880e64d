# cause: The starting values of A are cached by shape, so all layers of one shape and rank start with the same A.
# function: LoRALinear
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_FIRST_VALUES: dict[tuple[int, int], Tensor] = {}


def _first_values(r: int, k: int) -> Tensor:
    if (r, k) not in _FIRST_VALUES:
        values = torch.empty(r, k)
        nn.init.kaiming_uniform_(values, a=math.sqrt(5))
        _FIRST_VALUES[r, k] = values
    return _FIRST_VALUES[r, k].clone()


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least 1")
        self.base = base
        for parameter in base.parameters():
            parameter.requires_grad_(False)
        like = base.weight
        self.lora_A = nn.Parameter(_first_values(r, base.in_features).to(like))
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
        self.saved = weight.detach().clone()
        weight += self.scale * self.lora_B @ self.lora_A
        self.merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        if not self.merged:
            return
        self.base.weight.copy_(self.saved)
        self.merged = False
