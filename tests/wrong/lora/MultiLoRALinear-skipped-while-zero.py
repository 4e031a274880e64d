# cause: forward skips the branch while B is zero, so B never gets a gradient
# function: MultiLoRALinear
from __future__ import annotations
import torch
from torch import Tensor, nn


def _fresh_factors(weight: Tensor, r: int) -> tuple[nn.Parameter, nn.Parameter]:
    d, k = weight.shape
    A = nn.Parameter(weight.new_empty(r, k).uniform_(-(k**-0.5), k**-0.5))
    B = nn.Parameter(weight.new_zeros(d, r))
    return A, B


def _fused_branch(y: Tensor, x: Tensor, A: Tensor, B: Tensor, scale: float) -> Tensor:
    """y + scale * x A^T B^T with a single addmm for the second product."""
    flat = x.reshape(-1, A.shape[1]) @ A.t()
    return torch.addmm(y.reshape(-1, B.shape[0]), flat, B.t(), alpha=scale).view(*x.shape[:-1], B.shape[0])


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        base.requires_grad_(False)
        self.factors = nn.ParameterList()  # A0, B0, A1, B1, ...
        self._slot: dict[str, int] = {}
        self._scale: list[float] = []
        self._current = -1

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self._slot:
            raise ValueError(f"{name!r} is taken")
        self.factors.extend(_fresh_factors(self.base.weight, r))
        self._slot[name] = len(self._scale)
        self._scale.append(alpha / r)

    def set_adapter(self, name: str | None) -> None:
        self._current = -1 if name is None else self._slot[name]

    def forward(self, x: Tensor) -> Tensor:
        y = self.base(x)
        i = self._current
        if i < 0:
            return y
        A, B = self.factors[2 * i], self.factors[2 * i + 1]
        if not B.detach().any():  # a zero update: save both products
            return y
        return _fused_branch(y, x, A, B, self._scale[i])
