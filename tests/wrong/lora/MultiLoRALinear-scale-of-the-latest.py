# cause: one scale for the whole layer, overwritten by the adapter that was added last
# function: MultiLoRALinear
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.adapters = nn.ModuleList()
        self.index: dict[str, int] = {}
        self.scale = 1.0
        self.active: str | None = None

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self.index:
            raise ValueError(f"there is an adapter {name} already")
        weight = self.base.weight
        down = nn.Parameter(torch.empty(r, self.base.in_features, dtype=weight.dtype, device=weight.device))
        up = nn.Parameter(torch.zeros(self.base.out_features, r, dtype=weight.dtype, device=weight.device))
        nn.init.kaiming_uniform_(down, a=math.sqrt(5))
        self.scale = alpha / r
        self.index[name] = len(self.adapters)
        self.adapters.append(nn.ParameterList([down, up]))

    def set_adapter(self, name: str | None) -> None:
        if name is not None and name not in self.index:
            raise KeyError(name)
        self.active = name

    def forward(self, x: Tensor) -> Tensor:
        out = self.base(x)
        if self.active is not None:
            down, up = self.adapters[self.index[self.active]]
            out = out + self.scale * F.linear(F.linear(x, down), up)
        return out
