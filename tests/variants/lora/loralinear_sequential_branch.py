"""LoRALinear: the branch is an nn.Sequential of dropout and two bias-free layers; "merged" is a swap of the
forward step.
"""

from collections import OrderedDict

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("r < 1")
        outputs, inputs = base.weight.shape
        kind = dict(bias=False, dtype=base.weight.dtype, device=base.weight.device)
        parts = OrderedDict(drop=nn.Dropout(dropout), a=nn.Linear(inputs, r, **kind), b=nn.Linear(r, outputs, **kind))
        nn.init.constant_(parts["b"].weight, 0)
        self.add_module("base", base)
        self.add_module("branch", nn.Sequential(parts))
        for parameter in base.parameters():
            parameter.requires_grad = False
        self.strength = alpha
        self.rank = r
        self.original: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        steps = [self.base]
        if not self.original:
            steps.append(lambda inputs: self.branch(inputs).mul(self.strength / self.rank))
        return sum(step(x) for step in steps)

    def delta_weight(self) -> Tensor:
        return (self.branch.b.weight @ self.branch.a.weight).mul(self.strength).div(self.rank)

    @torch.no_grad()
    def merge(self) -> None:
        while not self.original:
            self.original.append(self.base.weight.clone())
            self.base.weight.data += self.delta_weight()

    @torch.no_grad()
    def unmerge(self) -> None:
        while self.original:
            self.base.weight.data.copy_(self.original.pop())
