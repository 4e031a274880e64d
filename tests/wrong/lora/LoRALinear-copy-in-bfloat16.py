# cause: merge keeps the copy of W in bfloat16, so unmerge restores W only to about three digits
# function: LoRALinear
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


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("r < 1")
        self.base = base
        base.requires_grad_(False)
        self.A, self.B = _fresh_factors(base.weight, r)
        self.scale = alpha / r
        self.drop = nn.Dropout(dropout) if dropout > 0 else nn.Identity()
        self._saved: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        y = self.base(x)
        return y if self._saved is not None else _fused_branch(y, self.drop(x), self.A, self.B, self.scale)

    def delta_weight(self) -> Tensor:
        return (self.B * self.scale) @ self.A

    @torch.no_grad()
    def merge(self) -> None:
        if self._saved is not None:
            return
        w = self.base.weight
        # the backup is only read once, by unmerge; two bytes per weight are enough
        self._saved = w.to(torch.bfloat16, copy=True)
        w.addmm_(self.B, self.A, alpha=self.scale)

    @torch.no_grad()
    def unmerge(self) -> None:
        if self._saved is None:
            return
        self.base.weight.copy_(self._saved)
        self._saved = None
