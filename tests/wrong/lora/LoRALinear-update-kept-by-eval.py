# cause: train(False) computes the update once and keeps it until training starts again.
# function: LoRALinear
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError(f"rank {r} leaves nothing to train: r must be at least 1")
        self.base = base
        self.base.requires_grad_(False)
        self.A = nn.Parameter(base.weight.new_empty(r, base.in_features))
        self.B = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        nn.init.kaiming_uniform_(self.A, a=5**0.5)
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.unmerged_weight: Tensor | None
        self.register_buffer("unmerged_weight", None, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.base(x)
        if self.unmerged_weight is not None:
            return output
        if not self.training and self.kept is not None:
            return output + F.linear(x, self.kept)
        low_rank = self.scale * F.linear(self.dropout(x), self.A)
        return output + F.linear(low_rank, self.B)

    def train(self, mode=True):
        super().train(mode)
        self.kept = None if mode or self.unmerged_weight is not None else self.delta_weight().detach()
        return self

    def delta_weight(self) -> Tensor:
        return self.scale * (self.B @ self.A)

    @torch.no_grad()
    def merge(self) -> None:
        if self.unmerged_weight is not None:
            return
        self.unmerged_weight = self.base.weight.clone()
        self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.unmerged_weight is None:
            return
        self.base.weight.copy_(self.unmerged_weight)
        self.unmerged_weight = None
