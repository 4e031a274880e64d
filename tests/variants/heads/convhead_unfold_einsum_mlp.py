"""ConvHead: the convolution is unfold and einsum over a plain parameter, then each window goes through an MLP of
1024 units.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.kernel = kernel
        self.weight = nn.Parameter(torch.empty(channels, hidden, kernel))
        self.bias = nn.Parameter(torch.zeros(channels))
        nn.init.orthogonal_(self.weight, gain=2**0.5)
        self.per_window = nn.Sequential(nn.Linear(channels, 1024), nn.SiLU(), nn.Linear(1024, 1))

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool()
        x = hidden_states.masked_fill(~real.unsqueeze(-1), 0.0)
        windows = F.pad(x, (0, 0, 0, self.kernel - 1)).unfold(1, self.kernel, 1)
        features = F.gelu(torch.einsum("btck,fck->btf", windows, self.weight) + self.bias)
        scores = self.per_window(features).squeeze(-1)
        return torch.where(real, scores, float("-inf")).max(dim=1, keepdim=True).values
