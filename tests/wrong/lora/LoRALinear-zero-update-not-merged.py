# cause: merge() returns early if the update is zero, so a fresh layer does not count as merged, and factors that change later change its outputs.
# function: LoRALinear
from __future__ import annotations
import math
import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _check_rank(r: int) -> None:
    if r < 1:
        raise ValueError(f"The rank must be at least 1, got {r}.")


def _new_factors(weight: Tensor, r: int) -> tuple[nn.Parameter, nn.Parameter]:
    d, k = weight.shape
    factor_a = torch.empty((r, k), dtype=weight.dtype, device=weight.device)
    nn.init.normal_(factor_a, mean=0.0, std=1.0 / math.sqrt(k))
    factor_b = torch.zeros((d, r), dtype=weight.dtype, device=weight.device)
    return (nn.Parameter(factor_a), nn.Parameter(factor_b))


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if not isinstance(base, nn.Linear):
            raise TypeError(f"Expected nn.Linear, got {type(base).__name__}.")
        _check_rank(r)
        if not 0.0 <= dropout <= 1.0:
            raise ValueError(f"dropout must be between 0 and 1, got {dropout}.")
        self.base = base
        self.base.requires_grad_(False)
        self.lora_A, self.lora_B = _new_factors(base.weight.detach(), r)
        self.r = int(r)
        self.alpha = float(alpha)
        self.scale = self.alpha / self.r
        self.dropout = nn.Dropout(p=dropout)
        self._original: Tensor | None = None

    @property
    def merged(self) -> bool:
        return self._original is not None

    def forward(self, x: Tensor) -> Tensor:
        out = self.base(x)
        if self.merged:
            return out
        hidden = F.linear(self.dropout(x), self.lora_A)
        return out + self.scale * F.linear(hidden, self.lora_B)

    def delta_weight(self) -> Tensor:
        return self.scale * torch.matmul(self.lora_B, self.lora_A)

    @torch.no_grad()
    def merge(self) -> None:
        if self.merged:
            return
        delta = self.delta_weight().to(dtype=self.base.weight.dtype, device=self.base.weight.device)
        if not torch.isfinite(delta).all():
            raise RuntimeError("The update contains values that are not finite; refusing to merge.")
        if not delta.any():
            return
        self._original = self.base.weight.detach().clone()
        self.base.weight.add_(delta)

    @torch.no_grad()
    def unmerge(self) -> None:
        if self._original is None:
            return
        self.base.weight.copy_(self._original)
        self.base.weight.requires_grad_(False)
        self._original = None
