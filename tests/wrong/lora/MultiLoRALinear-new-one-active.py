# cause: Makes a new adapter the active one as soon as it is added.
# function: MultiLoRALinear

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        for p in self.base.parameters():
            p.requires_grad_(False)
        self.adapters = nn.ModuleDict()
        self.scales: dict[str, float] = {}
        self.active: str | None = None

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self.scales:
            raise ValueError(f"there is an adapter {name} already")
        w = self.base.weight
        self.adapters[name] = nn.ParameterDict(
            {
                "A": nn.Parameter(torch.randn(r, w.shape[1], dtype=w.dtype, device=w.device) * 0.02),
                "B": nn.Parameter(torch.zeros(w.shape[0], r, dtype=w.dtype, device=w.device)),
            }
        )
        self.scales[name] = alpha / r
        self.set_adapter(name)

    def set_adapter(self, name: str | None) -> None:
        if name is not None and name not in self.scales:
            raise KeyError(name)
        self.active = name

    def forward(self, x: Tensor) -> Tensor:
        out = self.base(x)
        if self.active is None:
            return out
        ab = self.adapters[self.active]
        return out + self.scales[self.active] * F.linear(F.linear(x, ab["A"]), ab["B"])
