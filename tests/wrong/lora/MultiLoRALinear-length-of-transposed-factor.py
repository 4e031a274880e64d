# cause: The scale is alpha / k instead of alpha / r: len(A) of an A stored as (k, r) is k
# function: MultiLoRALinear
from math import sqrt

import torch
from torch import Tensor, einsum, nn


def _uniform(like: Tensor, *shape: int, fan_in: int) -> nn.Parameter:
    u = torch.rand(*shape, dtype=torch.float64)
    return nn.Parameter(((2 * u - 1) / sqrt(fan_in)).to(like))


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.A, self.B = nn.ParameterList(), nn.ParameterList()
        self.index: dict[str, int] = {}
        self.alpha: list[float] = []
        self.active: int | None = None

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self.index:
            raise ValueError(f"{name} exists")
        d, k = self.base.weight.shape
        self.index[name] = len(self.index)
        self.alpha.append(alpha)
        self.A.append(_uniform(self.base.weight, k, r, fan_in=k))
        self.B.append(nn.Parameter(self.base.weight.new_zeros(r, d)))

    def set_adapter(self, name: str | None) -> None:
        self.active = None if name is None else self.index[name]

    def forward(self, x: Tensor) -> Tensor:
        h = self.base(x)
        if self.active is None:
            return h
        A, B = self.A[self.active], self.B[self.active]
        return h + self.alpha[self.active] / len(A) * einsum("...k,kr,rd->...d", x, A, B)
