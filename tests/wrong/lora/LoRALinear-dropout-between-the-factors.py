# cause: The dropout sits between A and B and drops components of the rank, not inputs of the update.
# function: LoRALinear
import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("rank must be positive")
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(base.weight.new_empty(r, base.in_features).normal_(std=0.02))
        self.B = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        self.scale = alpha / r
        self.drop = nn.Dropout(dropout)
        self.backup: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        h = self.base(x)
        if self.backup is not None:
            return h
        low_rank = self.drop(x @ self.A.T)
        return h + self.scale * (low_rank @ self.B.T)

    def delta_weight(self) -> Tensor:
        return self.scale * self.B @ self.A

    @torch.no_grad()
    def merge(self) -> None:
        if self.backup is None:
            self.backup = self.base.weight.clone()
            self.base.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.backup is not None:
            self.base.weight.copy_(self.backup)
            self.backup = None
