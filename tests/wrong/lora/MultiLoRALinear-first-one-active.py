# cause: The first adapter that is added becomes active by itself, as in PEFT.
# function: MultiLoRALinear

import math

import torch
from torch import Tensor, nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        for p in self.base.parameters():
            p.requires_grad_(False)
        self.lora_A = nn.ParameterDict()
        self.lora_B = nn.ParameterDict()
        self.scaling: dict[str, float] = {}
        self.active: str | None = None

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self.scaling:
            raise ValueError(f"adapter {name} exists")
        w = self.base.weight
        a = torch.empty(r, self.base.in_features, dtype=w.dtype, device=w.device)
        nn.init.kaiming_uniform_(a, a=math.sqrt(5))
        self.lora_A[name] = nn.Parameter(a)
        self.lora_B[name] = nn.Parameter(torch.zeros(self.base.out_features, r, dtype=w.dtype, device=w.device))
        self.scaling[name] = alpha / r
        if self.active is None:
            self.active = name

    def set_adapter(self, name: str | None) -> None:
        if name is not None and name not in self.scaling:
            raise KeyError(name)
        self.active = name

    def forward(self, x: Tensor) -> Tensor:
        out = self.base(x)
        if self.active is not None:
            a, b = self.lora_A[self.active], self.lora_B[self.active]
            out = out + self.scaling[self.active] * (x @ a.T @ b.T)
        return out
