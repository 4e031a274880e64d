# cause: Wraps a deep copy of base, so the parameters of the base that was passed in are not frozen
# function: DoRALinear
import copy
import math
import numbers

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _check_int(name: str, value, minimum: int) -> int:
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} must be an integer, got {type(value).__name__}")
    if value < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {value}")
    return int(value)


def _check_finite(name: str, value) -> float:
    value = float(value)
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value}")
    return value


def _new_factors(base: nn.Linear, r: int) -> tuple[nn.Parameter, nn.Parameter]:
    weight = base.weight
    A = torch.empty((r, weight.shape[1]), dtype=torch.float32)
    nn.init.kaiming_uniform_(A, a=math.sqrt(5))
    A = A.to(device=weight.device, dtype=weight.dtype)
    B = torch.zeros((weight.shape[0], r), device=weight.device, dtype=weight.dtype)
    return nn.Parameter(A, requires_grad=True), nn.Parameter(B, requires_grad=True)


class DoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, rs: bool = False) -> None:
        super().__init__()
        r = _check_int("r", r, 1)
        alpha = _check_finite("alpha", alpha)
        # The caller may go on using or training the layer, so work on a private one.
        self.base = copy.deepcopy(base)
        self.base.requires_grad_(False)
        self.A, self.B = _new_factors(self.base, r)
        norm = torch.linalg.vector_norm(self.base.weight.detach(), dim=1)
        self.m = nn.Parameter(norm.clone())
        self.scaling = alpha / (math.sqrt(r) if rs else r)
        self._eps = torch.finfo(self.base.weight.dtype).tiny

    def forward(self, x: Tensor) -> Tensor:
        direction = self.base.weight + self.scaling * (self.B @ self.A)
        with torch.no_grad():
            norm = torch.linalg.vector_norm(direction, dim=1, keepdim=True).clamp_min(self._eps)
        weight = self.m.unsqueeze(1) * direction / norm
        return F.linear(x, weight, self.base.bias)
