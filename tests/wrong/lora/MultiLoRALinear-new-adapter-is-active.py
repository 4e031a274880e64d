# cause: transformers' convention (model.add_adapter): an adapter that is added becomes the active one at once
# function: MultiLoRALinear
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class MultiLoRALinear(nn.Module):
    """One base, many named adapters."""

    def __init__(self, base: nn.Linear) -> None:
        """Freeze the base."""
        super().__init__()
        self.base = base
        base.requires_grad_(False)
        self.names: dict[str, int] = {}
        self.A = nn.ParameterList()
        self.B = nn.ParameterList()
        self.scales: list[float] = []
        self.active: str | None = None

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        """Register the factors of a new adapter."""
        if name in self.names:
            raise ValueError(f"adapter {name!r} exists already")
        weight = self.base.weight
        d, k = weight.shape
        self.A.append(nn.Parameter(torch.randn(r, k, dtype=weight.dtype, device=weight.device) / math.sqrt(k)))
        self.B.append(nn.Parameter(torch.zeros(d, r, dtype=weight.dtype, device=weight.device)))
        self.scales.append(alpha / r)
        self.names[name] = len(self.scales) - 1
        self.set_adapter(name)

    def set_adapter(self, name: str | None) -> None:
        """Switch."""
        if name is not None and name not in self.names:
            raise KeyError(name)
        self.active = name

    def forward(self, x: Tensor) -> Tensor:
        """Base and active branch."""
        out = self.base(x)
        if self.active is not None:
            i = self.names[self.active]
            out = out + self.scales[i] * F.linear(F.linear(x, self.A[i]), self.B[i])
        return out
