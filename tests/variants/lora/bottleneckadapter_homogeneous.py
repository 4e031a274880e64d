"""BottleneckAdapter: raw parameters in the orientation of a matrix product from the right, zero "up", and
softplus minus its value at 0.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d: int, m: int) -> None:
        super().__init__()
        self.down = nn.ParameterList([torch.randn(d, m) / math.sqrt(d), torch.zeros(m)])
        self.up = nn.ParameterList([torch.zeros(m, d), torch.zeros(d)])

    def forward(self, h: Tensor) -> Tensor:
        branch = torch.tensordot(h, self.down[0], dims=1) + self.down[1]
        branch = F.softplus(branch) - math.log(2)
        return torch.tensordot(branch, self.up[0], dims=1) + self.up[1] + h
