# cause: The update is scaled by alpha alone, without dividing by the rank of the adapter.
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
        self.scale[name] = alpha

    def set_adapter(self, name: str | None) -> None:
        if name is not None and name not in self.scale:
            raise KeyError(name)
        self.active = name

    def forward(self, x: Tensor) -> Tensor:
        out = self.base(x)
        if self.active is None:
            return out
        A, B = self.A[self.active], self.B[self.active]
        return out + (x @ A.T @ B.T) * self.scale[self.active]
