# cause: The features of the windows are squared and added up, and the root is taken, instead of the maximum.
# function: KernelsHead
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class KernelsHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 128, kernels: Sequence[int] = (2, 3, 4)) -> None:
        super().__init__()
        self.branches = nn.ModuleList((nn.Conv1d(hidden, channels, kernel) for kernel in kernels))
        self.line = nn.Linear(channels * len(kernels), 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        behind = mask.unsqueeze(1) == 0
        words = hidden_states.transpose(1, 2).masked_fill(behind, 0)
        strongest = []
        for branch in self.branches:
            answers = F.relu(branch(F.pad(words, (0, branch.kernel_size[0] - 1))))
            strongest.append(answers.masked_fill(behind, 0).square().sum(dim=2).sqrt())
        return self.line(torch.cat(strongest, dim=1))
