# cause: Set_adapter(None) is read as "no change" and returns at once, so the last adapter goes on working.
# function: MultiLoRALinear

import torch
from torch import Tensor, nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.adapters = nn.ModuleDict()
        self.scales = {}
        self.current = None

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self.scales:
            raise ValueError("taken: " + name)
        w = self.base.weight
        down = nn.Linear(self.base.in_features, r, bias=False).to(w)
        up = nn.Linear(r, self.base.out_features, bias=False).to(w)
        nn.init.zeros_(up.weight)
        self.adapters[name] = nn.Sequential(down, up)
        self.scales[name] = alpha / r

    def set_adapter(self, name: str | None) -> None:
        if name is None:
            return
        if name not in self.scales:
            raise KeyError(name)
        self.current = name

    def forward(self, x: Tensor) -> Tensor:
        y = self.base(x)
        if self.current is None:
            return y
        return y + self.scales[self.current] * self.adapters[self.current](x)
