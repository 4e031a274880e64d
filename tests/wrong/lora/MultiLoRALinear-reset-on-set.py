# cause: Choosing an adapter starts it afresh: B is set to zero and A drawn anew, so what it learned is lost.
# function: MultiLoRALinear

import math

import torch
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
        if name is not None:
            with torch.no_grad():
                nn.init.kaiming_uniform_(self.A[name], a=math.sqrt(5))
                nn.init.zeros_(self.B[name])

    def forward(self, x: Tensor) -> Tensor:
        out = self.base(x)
        if self.active is None:
            return out
        A, B = self.A[self.active], self.B[self.active]
        return out + (x @ A.T @ B.T) * self.scale[self.active]
