# cause: in evaluation mode, the row lengths of the last training forward are reused
# function: DoRALinear
from __future__ import annotations
import math
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


class DoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, rs: bool = False) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("r < 1")
        self.base = base
        base.requires_grad_(False)
        self.A, self.B = _fresh_factors(base.weight, r)
        self.m = nn.Parameter(base.weight.detach().norm(dim=1))
        self.scale = alpha / (math.sqrt(r) if rs else r)
        self._length: Tensor | None = None

    def _row_lengths(self) -> Tensor:
        # the factors move while training only, so inference reuses the lengths
        if self.training or self._length is None:
            with torch.no_grad():
                self._length = torch.addmm(self.base.weight, self.B, self.A, alpha=self.scale).norm(dim=1)
        return self._length

    def forward(self, x: Tensor) -> Tensor:
        y = torch.nn.functional.linear(x, self.base.weight)
        y = _fused_branch(y, x, self.A, self.B, self.scale) * (self.m / self._row_lengths())
        return y if self.base.bias is None else y + self.base.bias
