# cause: original dropout instead of inverted: in training the kept entries are not divided by 1 - dropout, and in evaluation mode the input of the branch is multiplied by 1 - dropout
# function: LoRALinear
from math import sqrt

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def gaussian_factor(r: int, base: nn.Linear) -> nn.Parameter:
    """A ~ N(0, 1/k), so that E |A x|^2 = r |x|^2 / k."""
    weight = base.weight
    d, k = weight.shape
    return nn.Parameter(torch.randn(r, k, dtype=weight.dtype, device=weight.device) / sqrt(k))


def zero_factor(r: int, base: nn.Linear) -> nn.Parameter:
    return nn.Parameter(torch.zeros_like(base.weight[:, :1]).repeat(1, r).detach())


class BernoulliGate(nn.Module):
    """Dropout (Srivastava et al. 2014): x * xi with xi ~ Bernoulli(q), and its expectation q x at test time."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.q = 1 - p

    def forward(self, x: Tensor) -> Tensor:
        if self.q == 1:
            return x
        if not self.training:
            return self.q * x
        return x * torch.bernoulli(torch.full_like(x, self.q))


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("the rank is a positive integer")
        self.base = base
        self.base.requires_grad_(False)
        self.A = gaussian_factor(r, base)
        self.B = zero_factor(r, base)
        self.s = alpha / r
        self.gate = BernoulliGate(dropout)
        self.W0: Tensor | None = None

    @property
    def merged(self) -> bool:
        return self.W0 is not None

    def forward(self, x: Tensor) -> Tensor:
        h = self.base(x)
        if self.merged:
            return h
        return h + self.s * F.linear(F.linear(self.gate(x), self.A), self.B)

    def delta_weight(self) -> Tensor:
        return self.s * self.B @ self.A

    @torch.no_grad()
    def merge(self) -> None:
        if not self.merged:
            self.W0 = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.merged:
            self.base.weight.copy_(self.W0)
            self.W0 = None
