# cause: m / norm multiplies the whole output of the base, its bias included, which shows as soon as m or the factors have moved
# function: DoRALinear
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class DoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, rs: bool = False) -> None:
        super().__init__()
        if r < 1:
            raise ValueError(f"rank {r} is less than 1")
        self.base = base.requires_grad_(False)
        weight = base.weight
        self.A = nn.Parameter(torch.empty(r, base.in_features, dtype=weight.dtype, device=weight.device))
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=weight.dtype, device=weight.device))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.m = nn.Parameter(weight.detach().norm(dim=1))
        self.scale = alpha / math.sqrt(r) if rs else alpha / r

    def forward(self, x: Tensor) -> Tensor:
        norm = (self.base.weight + self.scale * (self.B @ self.A)).detach().norm(dim=1)
        update = self.scale * F.linear(F.linear(x, self.A), self.B)
        return (self.m / norm) * (self.base(x) + update)
