"""KernelsHead: two-dimensional convolutions over the whole width as in Kim's code, incomplete windows only if
need be.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class KernelsHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 128, kernels: Sequence[int] = (2, 3, 4)) -> None:
        super().__init__()
        self.kernels = tuple(kernels)
        self.convs = nn.ModuleList([nn.Conv2d(1, channels, (k, hidden)) for k in self.kernels])
        self.fc = nn.Linear(channels * len(self.kernels), 1)
        for conv in self.convs:
            nn.init.xavier_normal_(conv.weight)
            nn.init.constant_(conv.bias, 0.01)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        lengths = mask.long().sum(dim=1)
        x = hidden_states.masked_fill(mask.unsqueeze(-1) == 0, 0.0).unsqueeze(1)
        starts = torch.arange(mask.shape[1], device=mask.device)
        pooled = []
        for k, conv in zip(self.kernels, self.convs, strict=False):
            features = F.relu(conv(F.pad(x, (0, 0, 0, k - 1)))).squeeze(-1)
            complete = (lengths - k + 1).clamp(min=1)
            outside = (starts >= complete.unsqueeze(-1)).unsqueeze(1)
            pooled.append(features.masked_fill(outside, float("-inf")).amax(dim=-1))
        return self.fc(torch.cat(pooled, dim=-1))
