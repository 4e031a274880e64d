# cause: Calls F.dropout without training=self.training, so inputs are dropped in evaluation mode too.
# function: LoRALinear

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("r must be >= 1")
        self.base = base
        self.base.requires_grad_(False)
        opts = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.a = nn.Parameter(torch.randn(base.in_features, r, **opts) / r)
        self.b = nn.Parameter(torch.zeros(r, base.out_features, **opts))
        self.scale = alpha / r
        self.p_drop = dropout
        self.stored: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        h = self.base(x)
        if self.stored is not None:
            return h
        return h + self.scale * (F.dropout(x, self.p_drop) @ self.a @ self.b)

    def delta_weight(self) -> Tensor:
        return self.scale * (self.a @ self.b).T

    @torch.no_grad()
    def merge(self) -> None:
        if self.stored is not None:
            return
        self.stored = self.base.weight.clone()
        self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.stored is None:
            return
        self.base.weight.copy_(self.stored)
        self.stored = None
