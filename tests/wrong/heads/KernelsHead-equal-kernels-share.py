# cause: the convolutions are stored by kernel in a ModuleDict, so two equal entries of kernels share one convolution
# function: KernelsHead
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class KernelsHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 128, kernels: Sequence[int] = (2, 3, 4)) -> None:
        super().__init__()
        self.kernels = tuple(kernels)
        self.convs = nn.ModuleDict({str(kernel): nn.Conv1d(hidden, channels, kernel) for kernel in self.kernels})
        self.out = nn.Linear(channels * len(self.kernels), 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool()
        x = hidden_states.masked_fill(~real.unsqueeze(-1), 0.0).transpose(1, 2)
        maxima = []
        for kernel in self.kernels:
            features = F.relu(self.convs[str(kernel)](F.pad(x, (0, kernel - 1))))
            maxima.append(features.masked_fill(~real.unsqueeze(1), 0.0).amax(dim=2))
        return self.out(torch.cat(maxima, dim=1))
