# cause: The rows are divided by the lengths that W had at the start, not by those of W + s B A, so B A changes the length of a row as well as its direction.
# function: DoRALinear
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class DoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, rs: bool = False) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least 1")
        self.base = base
        base.requires_grad_(False)
        d, k = base.weight.shape
        self.A = nn.Parameter(base.weight.new_empty(r, k))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.B = nn.Parameter(base.weight.new_zeros(d, r))
        lengths = base.weight.detach().norm(dim=1)
        self.m = nn.Parameter(lengths.clone())
        self.register_buffer("lengths", lengths)  # a constant in the backward pass
        self.scale = alpha / (math.sqrt(r) if rs else r)

    def forward(self, x: Tensor) -> Tensor:
        direction = (self.base.weight + self.scale * self.B @ self.A) / self.lengths[:, None]
        return F.linear(x, self.m[:, None] * direction, self.base.bias)
