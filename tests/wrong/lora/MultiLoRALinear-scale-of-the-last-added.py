# cause: there is one scale for the layer, that of the adapter added last, instead of one for each adapter
# function: MultiLoRALinear
import math

import torch
from torch import Tensor, nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.base.requires_grad_(False)
        self.names: dict[str, int] = {}
        self.As = nn.ParameterList()
        self.Bs = nn.ParameterList()
        self.scale = 1.0
        self.active: str | None = None

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self.names:
            raise ValueError(f"there is an adapter {name!r} already")
        weight = self.base.weight
        A = nn.Parameter(torch.empty(r, weight.shape[1], dtype=weight.dtype, device=weight.device))
        nn.init.kaiming_uniform_(A, a=math.sqrt(5))
        B = nn.Parameter(torch.zeros(weight.shape[0], r, dtype=weight.dtype, device=weight.device))
        self.names[name] = len(self.As)
        self.As.append(A)
        self.Bs.append(B)
        self.scale = alpha / r

    def set_adapter(self, name: str | None) -> None:
        if name is not None and name not in self.names:
            raise KeyError(name)
        self.active = name

    def forward(self, x: Tensor) -> Tensor:
        out = self.base(x)
        if self.active is None:
            return out
        i = self.names[self.active]
        return out + self.scale * (x @ self.As[i].T @ self.Bs[i].T)
