"""LoRALinear: without active dropout the layer runs the base through torch.func.functional_call with the
composed weight W + s B A, so there is one matrix product.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("r must be >= 1")
        self.base = base
        for p in self.base.parameters():
            p.requires_grad = False
        self.p = float(dropout)
        self.scaling = alpha / r
        kw = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.factors = nn.ParameterDict(
            {
                "A": nn.Parameter(torch.empty(r, base.in_features, **kw).normal_(0.0, 1.0 / r)),
                "B": nn.Parameter(torch.zeros(base.out_features, r, **kw)),
            }
        )
        self._backup: list[Tensor] = []  # kept on the CPU while merged, to spare the accelerator

    def forward(self, x: Tensor) -> Tensor:
        if self._backup:
            return self.base(x)
        if self.training and self.p > 0.0:
            z = F.linear(F.dropout(x, self.p, training=True), self.factors["A"])
            return self.base(x) + F.linear(z, self.factors["B"]).mul(self.scaling)
        return functional_call(self.base, {"weight": self.base.weight + self.delta_weight()}, (x,))

    def delta_weight(self) -> Tensor:
        return torch.mm(self.factors["B"], self.factors["A"]) * self.scaling

    @torch.no_grad()
    def merge(self) -> None:
        if not self._backup:
            self._backup.append(self.base.weight.detach().to("cpu", copy=True))
            self.base.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self) -> None:
        if self._backup:
            self.base.weight.copy_(self._backup.pop())
