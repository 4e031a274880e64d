# cause: With rs the square root of r is truncated to a whole number.
# function: DoRALinear
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class FactorFactory:
    @staticmethod
    def create_a(rank: int, width: int) -> nn.Parameter:
        values = torch.empty(rank, width)
        nn.init.kaiming_uniform_(values, a=math.sqrt(5))
        return nn.Parameter(values)

    @staticmethod
    def create_b(width: int, rank: int) -> nn.Parameter:
        return nn.Parameter(torch.zeros(width, rank))


class DoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, rs: bool = False) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("Illegal rank: " + str(r))
        self.base = base
        for parameter in self.base.parameters():
            parameter.requires_grad = False
        weight = base.weight
        self.factor_a = nn.Parameter(FactorFactory.create_a(r, base.in_features).detach().to(weight))
        self.factor_b = nn.Parameter(FactorFactory.create_b(base.out_features, r).detach().to(weight))
        self.magnitude = nn.Parameter(weight.detach().norm(p=2, dim=1))
        divisor = math.isqrt(r) if rs else r
        self.scale = alpha / divisor

    def forward(self, x: Tensor) -> Tensor:
        updated = self.base.weight + self.scale * torch.matmul(self.factor_b, self.factor_a)
        norm = updated.norm(p=2, dim=1).detach()
        rescaled = updated * (self.magnitude / norm).unsqueeze(1)
        return F.linear(x, rescaled, self.base.bias)
