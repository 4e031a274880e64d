# cause: channels is read as the number of features of all kernels in total, so each convolution has only its share of them.
# function: KernelsHead
from collections.abc import Sequence
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class KernelsHead(nn.Module):
    """Kim 2014: convolutions side by side, the maximum over time, one linear layer."""

    def __init__(self, hidden: int, channels: int = 128, kernels: Sequence[int] = (2, 3, 4)) -> None:
        super().__init__()
        features = max(1, channels // len(kernels))
        self.convolutions = nn.ModuleList(nn.Conv1d(hidden, features, kernel) for kernel in kernels)
        self.score = nn.Linear(features * len(kernels), 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        padding = ~mask.bool().unsqueeze(1)
        x = hidden_states.transpose(1, 2).masked_fill(padding, 0.0)
        maxima = []
        for convolution in self.convolutions:
            ahead = convolution.kernel_size[0] - 1
            features = torch.relu(convolution(F.pad(x, (0, ahead))))
            maxima.append(features.masked_fill(padding, 0.0).amax(dim=2))
        return self.score(torch.cat(maxima, dim=1))
