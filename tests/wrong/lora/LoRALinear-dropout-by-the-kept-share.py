# cause: Kept entries are divided by the share of entries that happened to be kept instead of by 1 - dropout
# function: LoRALinear
from math import sqrt

import torch
from torch import Tensor, einsum, nn


def _uniform(like: Tensor, *shape: int, fan_in: int) -> nn.Parameter:
    u = torch.rand(*shape, dtype=torch.float64)
    return nn.Parameter(((2 * u - 1) / sqrt(fan_in)).to(like))


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("r must be positive")
        self.base = base.requires_grad_(False)
        d, k = base.weight.shape
        self.A = _uniform(base.weight, r, k, fan_in=k)
        self.B = nn.Parameter(base.weight.new_zeros(d, r))
        self.s = alpha / r
        self.p = dropout
        self.W0: Tensor | None = None  # W before the merge, None when not merged

    def _drop(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        mask = (torch.rand_like(x, dtype=torch.float32) >= self.p).to(x.dtype)
        return x * mask / mask.mean()

    def forward(self, x: Tensor) -> Tensor:
        h = self.base(x)
        if self.W0 is not None:
            return h
        return h + self.s * einsum("...r,dr->...d", einsum("...k,rk->...r", self._drop(x), self.A), self.B)

    def delta_weight(self) -> Tensor:
        return self.s * einsum("dr,rk->dk", self.B, self.A)

    @torch.no_grad()
    def merge(self) -> None:
        if self.W0 is None:
            self.W0 = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.W0 is not None:
            self.base.weight.copy_(self.W0)
            self.W0 = None
