# cause: from a blog: the output of the whole base layer, bias included, is multiplied by m / norm
# function: DoRALinear
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class DoRALinear(nn.Module):
    """DoRA without building the merged weight: scale the outputs of the base and of the branch."""

    def __init__(self, base: nn.Linear, r: int, alpha: float, rs: bool = False) -> None:
        """Freeze the base, create factors and magnitudes."""
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least 1")
        self.base = base
        for parameter in base.parameters():
            parameter.requires_grad_(False)
        d, k = base.weight.shape
        like = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.A = nn.Parameter(torch.randn(r, k, **like) / math.sqrt(k))
        self.B = nn.Parameter(torch.zeros(d, r, **like))
        self.m = nn.Parameter(base.weight.detach().norm(dim=1))
        self.scale = alpha / (math.sqrt(r) if rs else r)

    def forward(self, x: Tensor) -> Tensor:
        """Base and branch, then the magnitudes."""
        norm = (self.base.weight + self.scale * self.B @ self.A).detach().norm(dim=1)
        out = self.base(x) + self.scale * F.linear(F.linear(x, self.A), self.B)
        return self.m / norm * out
