# cause: the turned weight is divided by the row lengths of W, measured once at the start, instead of its own
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
        self.base.requires_grad_(False)
        weight = base.weight
        self.A = nn.Parameter(torch.empty(r, weight.shape[1], dtype=weight.dtype, device=weight.device))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.B = nn.Parameter(torch.zeros(weight.shape[0], r, dtype=weight.dtype, device=weight.device))
        norm = weight.detach().norm(dim=1, keepdim=True)
        self.register_buffer("norm", norm.clone(), persistent=False)
        self.m = nn.Parameter(norm.squeeze(1).clone())
        self.scale = alpha / math.sqrt(r) if rs else alpha / r

    def forward(self, x: Tensor) -> Tensor:
        direction = (self.base.weight + self.scale * (self.B @ self.A)) / self.norm
        return F.linear(x, self.m[:, None] * direction, self.base.bias)
