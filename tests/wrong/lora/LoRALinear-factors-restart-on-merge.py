# cause: Merging sets B to zero, as ReLoRA does, so after unmerge the update is lost.
# function: LoRALinear

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("rank")
        self.base = base.requires_grad_(False)
        self.r, self.alpha, self.p = r, alpha, dropout
        self.A = nn.Parameter(base.weight.new_empty(r, base.in_features))
        self.B = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self._before = None

    def forward(self, x: Tensor) -> Tensor:
        y = F.linear(x, self.base.weight, self.base.bias)
        if self._before is not None:
            return y
        z = F.dropout(x, self.p, self.training)
        return y + (z @ self.A.t() @ self.B.t()) * (self.alpha / self.r)

    def delta_weight(self) -> Tensor:
        return (self.alpha / self.r) * torch.einsum("dr,rk->dk", self.B, self.A)

    @torch.no_grad()
    def merge(self) -> None:
        if self._before is None:
            self._before = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())
            self.B.zero_()

    @torch.no_grad()
    def unmerge(self) -> None:
        if self._before is not None:
            self.base.weight.copy_(self._before)
            self._before = None
