# cause: The branch is always scaled down to at most 10% of the norm of h, also after training.
# function: BottleneckAdapter
from __future__ import annotations
from torch import Tensor, nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d: int, m: int) -> None:
        super().__init__()
        if d < 1 or m < 1:
            raise ValueError(f"d and m must be at least 1, got d={d} and m={m}.")
        self.down = nn.Linear(d, m)
        self.up = nn.Linear(m, d)
        self.activation = nn.GELU()
        self.max_share = 0.1
        nn.init.normal_(self.up.weight, mean=0.0, std=0.0001)
        nn.init.zeros_(self.up.bias)

    def forward(self, h: Tensor) -> Tensor:
        branch = self.up(self.activation(self.down(h)))
        limit = self.max_share * h.detach().norm(dim=-1, keepdim=True)
        size = branch.detach().norm(dim=-1, keepdim=True)
        factor = (limit / size.clamp_min(1e-12)).clamp(max=1.0)
        return h + factor * branch
