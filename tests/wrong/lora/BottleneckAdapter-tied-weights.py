# cause: The up projection reuses the transposed down matrix, as a tied autoencoder does.
# function: BottleneckAdapter

import torch
from torch import Tensor, nn


class BottleneckAdapter(nn.Module):
    def __init__(self, d: int, m: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(m, d) * 1e-3)
        self.down_bias = nn.Parameter(torch.zeros(m))
        self.up_bias = nn.Parameter(torch.zeros(d))

    def forward(self, h: Tensor) -> Tensor:
        inner = torch.nn.functional.gelu(h @ self.weight.T + self.down_bias)
        return h + inner @ self.weight + self.up_bias
