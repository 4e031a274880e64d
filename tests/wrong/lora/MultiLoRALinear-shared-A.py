# cause: A second adapter of the same rank takes over the A of the first one instead of having factors of its own.
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
        same_rank = [A for A in self.A.values() if A.shape[0] == r]
        if same_rank:
            self.A[name] = same_rank[0]
        else:
            self.A[name] = nn.Parameter(nn.init.kaiming_uniform_(self.base.weight.new_empty(r, k), a=math.sqrt(5)))
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
        A, B = self.A[self.active], self.B[self.active]
        return out + (x @ A.T @ B.T) * self.scale[self.active]
