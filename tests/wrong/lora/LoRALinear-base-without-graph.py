# cause: the frozen base is run under no_grad, so x gets no gradient through W and the layers below learn from the update alone
# function: LoRALinear
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least 1")
        self.base = base
        for parameter in self.base.parameters():
            parameter.requires_grad = False
        options = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.A = nn.Parameter(torch.empty(r, base.in_features, **options))
        self.B = nn.Parameter(torch.zeros(base.out_features, r, **options))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.merged = False
        self.original = None

    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():  # W and b are frozen
            out = self.base(x)
        if self.merged:
            return out
        return out + self.scale * F.linear(F.linear(self.dropout(x), self.A), self.B)

    def delta_weight(self) -> Tensor:
        return self.scale * (self.B @ self.A)

    @torch.no_grad()
    def merge(self) -> None:
        if self.merged:
            return
        self.original = self.base.weight.clone()
        self.base.weight += self.delta_weight()
        self.merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        if not self.merged:
            return
        self.base.weight.copy_(self.original)
        self.original = None
        self.merged = False
