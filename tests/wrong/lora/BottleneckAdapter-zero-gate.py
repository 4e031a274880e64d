# cause: The branch is multiplied by one more trainable number that starts at zero (ReZero) instead of starting with a small up projection, so neither matrix has a gradient at first.
# function: BottleneckAdapter

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d: int, m: int) -> None:
        super().__init__()
        self.down = nn.Linear(d, m)
        self.up = nn.Linear(m, d)
        self.gate = nn.Parameter(torch.zeros(1))

    def forward(self, h: Tensor) -> Tensor:
        return h + self.gate * self.up(F.gelu(self.down(h)))
