# cause: unmerge puts a new Parameter into the base, which requires a gradient: W is no longer frozen
# function: LoRALinear
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError(f"rank {r} is less than 1")
        self.base = base.requires_grad_(False)
        weight = base.weight
        self.A = nn.Parameter(torch.empty(r, base.in_features, dtype=weight.dtype, device=weight.device))
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=weight.dtype, device=weight.device))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.before_merge = None

    def forward(self, x: Tensor) -> Tensor:
        out = self.base(x)
        if self.before_merge is None:
            out = out + self.scale * F.linear(F.linear(self.dropout(x), self.A), self.B)
        return out

    def delta_weight(self) -> Tensor:
        return self.scale * (self.B @ self.A)

    @torch.no_grad()
    def merge(self) -> None:
        if self.before_merge is not None:
            return
        self.before_merge = self.base.weight.clone()
        self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.before_merge is None:
            return
        self.base.weight = nn.Parameter(self.before_merge)
        self.before_merge = None
