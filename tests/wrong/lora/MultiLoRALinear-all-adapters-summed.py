# cause: Once an adapter is active, the updates of all adapters are added, not that of the active one alone.
# function: MultiLoRALinear

import math

from torch import Tensor, nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.base.requires_grad_(False)
        self.A = nn.ParameterDict()
        self.B = nn.ParameterDict()
        self.scale: dict[str, float] = {}
        self.active: str | None = None

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self.scale:
            raise ValueError(f"{name} exists")
        d, k = self.base.weight.shape
        A = self.base.weight.new_empty(r, k)
        nn.init.kaiming_uniform_(A, a=math.sqrt(5))
        self.A[name] = nn.Parameter(A)
        self.B[name] = nn.Parameter(self.base.weight.new_zeros(d, r))
        self.scale[name] = alpha / r

    def set_adapter(self, name: str | None) -> None:
        if name is not None and name not in self.scale:
            raise KeyError(name)
        self.active = name

    def forward(self, x: Tensor) -> Tensor:
        out = self.base(x)
        if self.active is None:
            return out
        for name in self.scale:
            out = out + (x @ self.A[name].T @ self.B[name].T) * self.scale[name]
        return out
