# cause: In the merged state the dropout for the branch falls on the input of the whole layer.
# function: LoRALinear

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r <= 0:
            raise ValueError("r has to be positive")
        d, k = base.out_features, base.in_features
        weight = base.weight
        self.base = base
        weight.requires_grad_(False)
        if base.bias is not None:
            base.bias.requires_grad_(False)
        # stored transposed: x @ down @ up
        self.down = nn.Parameter(torch.randn(k, r, dtype=weight.dtype, device=weight.device) / k**0.5)
        self.up = nn.Parameter(torch.zeros(r, d, dtype=weight.dtype, device=weight.device))
        self.alpha, self.r = alpha, r
        self.p = dropout
        self.is_merged = False

    def forward(self, x: Tensor) -> Tensor:
        z = torch.dropout(x, self.p, self.training)
        if self.is_merged:
            y = self.base(z)
        else:
            y = self.base(x) + (z @ self.down @ self.up) * (self.alpha / self.r)
        return y

    def delta_weight(self) -> Tensor:
        return (self.down @ self.up).T * (self.alpha / self.r)

    @torch.no_grad()
    def merge(self) -> None:
        if not self.is_merged:
            self.before = self.base.weight.data.clone()
            self.base.weight.data += self.delta_weight()
            self.is_merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.is_merged:
            self.base.weight.data.copy_(self.before)
            self.is_merged = False
