# cause: The branch multiplies with delta_weight, which holds the scale already, and then scales by alpha / r once more.
# function: LoRALinear

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least 1")
        self.base = base
        self.base.requires_grad_(False)
        d, k = base.weight.shape
        like = dict(device=base.weight.device, dtype=base.weight.dtype)
        self.A = nn.Parameter(torch.empty(r, k, **like))
        self.B = nn.Parameter(torch.zeros(d, r, **like))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.saved = None

    def forward(self, x: Tensor) -> Tensor:
        out = self.base(x)
        if self.saved is None:
            out = out + self.scaling * F.linear(self.dropout(x), self.delta_weight())
        return out

    def delta_weight(self) -> Tensor:
        return self.scaling * (self.B @ self.A)

    @torch.no_grad()
    def merge(self) -> None:
        if self.saved is not None:
            return
        self.saved = self.base.weight.detach().clone()
        self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.saved is None:
            return
        self.base.weight.copy_(self.saved)
        self.saved = None
