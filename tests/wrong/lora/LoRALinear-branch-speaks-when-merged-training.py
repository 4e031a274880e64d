# cause: Silences the branch only in evaluation mode, so a merged layer in training mode counts the update twice.
# function: LoRALinear

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least one")
        self.base = base
        for p in self.base.parameters():
            p.requires_grad_(False)
        self.A = nn.Parameter(torch.empty_like(base.weight[0]).expand(r, -1).clone())
        self.B = nn.Parameter(base.weight.new_zeros((base.out_features, r)))
        nn.init.normal_(self.A, std=0.02)
        self.scale = alpha / r
        self.dropout = dropout
        self.merged = False

    def forward(self, x: Tensor) -> Tensor:
        y = self.base(x)
        if self.merged and not self.training:
            return y
        return y + self.scale * F.linear(F.linear(F.dropout(x, self.dropout, self.training), self.A), self.B)

    def delta_weight(self) -> Tensor:
        return self.scale * (self.B @ self.A)

    @torch.no_grad()
    def merge(self) -> None:
        if self.merged:
            return
        self.old = self.base.weight.clone()
        self.base.weight.copy_(self.old + self.delta_weight())
        self.merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        if not self.merged:
            return
        self.base.weight.copy_(self.old)
        self.merged = False
