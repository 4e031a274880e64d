# cause: An adapter that is added while none is chosen becomes the active one at once, as the first one does in peft, although a new adapter is not active yet.
# function: MultiLoRALinear
import math

import torch
from torch import Tensor, nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.base.requires_grad_(False)
        self.factors_a = nn.ParameterDict()
        self.factors_b = nn.ParameterDict()
        self.scales: dict[str, float] = {}
        self.active: str | None = None

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self.scales:
            raise ValueError(f"adapter {name!r} exists")
        d, k = self.base.weight.shape
        a = nn.Parameter(self.base.weight.new_empty(r, k))
        nn.init.kaiming_uniform_(a, a=math.sqrt(5))
        self.factors_a[name] = a
        self.factors_b[name] = nn.Parameter(self.base.weight.new_zeros(d, r))
        self.scales[name] = alpha / r
        if self.active is None:
            self.active = name

    def set_adapter(self, name: str | None) -> None:
        if name is not None and name not in self.scales:
            raise KeyError(name)
        self.active = name

    def forward(self, x: Tensor) -> Tensor:
        h = self.base(x)
        if self.active is None:
            return h
        a, b = self.factors_a[self.active], self.factors_b[self.active]
        return h + self.scales[self.active] * torch.matmul(torch.matmul(x, a.T), b.T)
