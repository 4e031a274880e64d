# cause: The scales are kept in a dictionary on the class, so layers whose adapters have the same name share one scale.
# function: MultiLoRALinear
import math
import torch.nn.functional as F
from torch import Tensor, nn


class Factors(nn.Module):
    def __init__(self, like: nn.Linear, r: int) -> None:
        super().__init__()
        if r < 1:
            raise ValueError(f"no update has rank {r}")
        d, k = like.weight.shape
        self.A = nn.Parameter(like.weight.new_empty(r, k))
        self.B = nn.Parameter(like.weight.new_zeros(d, r))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(F.linear(x, self.A), self.B)

    def product(self) -> Tensor:
        return self.B @ self.A


class Wrapper(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)


class MultiLoRALinear(Wrapper):
    scales: dict[str, float] = {}

    def __init__(self, base: nn.Linear) -> None:
        super().__init__(base)
        self.adapters = nn.ModuleList()
        self.names: list[str] = []
        self.active: str | None = None

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self.names:
            raise ValueError(f"{name} exists already")
        self.adapters.append(Factors(self.base, r))
        self.names.append(name)
        self.scales[name] = alpha / r

    def set_adapter(self, name: str | None) -> None:
        if name is not None and name not in self.names:
            raise KeyError(name)
        self.active = name

    def forward(self, x: Tensor) -> Tensor:
        h = self.base(x)
        if self.active is not None:
            h = h + self.scales[self.active] * self.adapters[self.names.index(self.active)](x)
        return h
