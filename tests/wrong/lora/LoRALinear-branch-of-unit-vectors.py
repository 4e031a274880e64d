# cause: delta_weight applies the branch, dropout included, to the unit vectors, so in training mode delta_weight() and merge() use a randomly thinned update.
# function: LoRALinear
import math
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Factors(nn.Module):
    def __init__(self, like: nn.Linear, r: int) -> None:
        super().__init__()
        if r < 1:
            raise ValueError(f"no update has rank {r}")
        d, k = like.weight.shape
        self.A = nn.Parameter(like.weight.new_empty(r, k))
        self.B = nn.Parameter(like.weight.new_zeros(d, r))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(F.linear(x, self.A), self.B)

    def product(self) -> Tensor:
        return self.B @ self.A


class Wrapper(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)


class LoRALinear(Wrapper):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__(base)
        self.factors = Factors(base, r)
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.original = None

    @property
    def merged(self) -> bool:
        return self.original is not None

    def branch(self, x: Tensor) -> Tensor:
        return self.scale * self.factors(self.dropout(x))

    def forward(self, x: Tensor) -> Tensor:
        h = self.base(x)
        return h if self.merged else h + self.branch(x)

    def delta_weight(self) -> Tensor:
        weight = self.base.weight
        unit_vectors = torch.eye(weight.shape[1], dtype=weight.dtype, device=weight.device)
        return self.branch(unit_vectors).T

    @torch.no_grad()
    def merge(self) -> None:
        if not self.merged:
            self.original = self.base.weight.clone()
            self.base.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.merged:
            self.base.weight.copy_(self.original)
            self.original = None
