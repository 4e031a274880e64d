"""KernelsHead: each text alone; linear layers on unfolded windows; only windows that lie in the text, zeros only
if it is shorter.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class KernelsHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 128, kernels: Sequence[int] = (2, 3, 4)) -> None:
        super().__init__()
        self.kernels = tuple(kernels)
        self.grams = nn.ModuleList(nn.Linear(hidden * kernel, channels) for kernel in self.kernels)
        self.vote = nn.Linear(channels * len(self.kernels), 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        return self.vote(
            torch.stack([self._describe(text[real.bool()]) for text, real in zip(hidden_states, mask, strict=False)])
        )

    def _describe(self, text: Tensor) -> Tensor:
        maxima = []
        for kernel, gram in zip(self.kernels, self.grams, strict=False):
            missing = max(0, kernel - len(text))
            long_enough = torch.cat([text, text.new_zeros(missing, text.shape[1])])
            windows = long_enough.unfold(0, kernel, 1).flatten(1)
            maxima.append(gram(windows).amax(dim=0).relu())
        return torch.cat(maxima)
