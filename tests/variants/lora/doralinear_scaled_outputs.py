"""DoRALinear: never builds W' for the outputs; it scales the outputs of the base and of the branch by magnitude
/ norm.
"""

import torch
from torch import Tensor, nn


class DoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, rs: bool = False) -> None:
        if r < 1:
            raise ValueError(f"rank {r}")
        super().__init__()
        self.base = base.requires_grad_(False)
        weight = base.weight.detach()
        self.scale = alpha / (r**0.5 if rs else r)
        self.a = nn.Parameter(torch.empty_like(weight[0].expand(r, -1).T.contiguous()).uniform_(-1, 1))
        self.b = nn.Parameter(weight.new_zeros(r, weight.shape[0]))
        self.magnitude = nn.Parameter(self._lengths().clone())

    @torch.no_grad()
    def _lengths(self) -> Tensor:
        turned = self.base.weight + self.scale * (self.a @ self.b).T
        return torch.linalg.vector_norm(turned, dim=1)

    def forward(self, x: Tensor) -> Tensor:
        straight = x @ self.base.weight.T
        turned = straight + x @ self.a @ self.b * self.scale
        y = turned * (self.magnitude / self._lengths())
        return y if self.base.bias is None else y + self.base.bias
