# cause: Masks the scores before the maximum with 0 and not with minus infinity, so that a padded text cannot score below 0.
# function: ConvHead

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.kernel = kernel
        self.conv1 = nn.Conv1d(hidden, channels, kernel)
        self.conv2 = nn.Conv1d(channels, 1, kernel)

    def _conv(self, layer, x, m):
        return layer(F.pad(x * m, (0, self.kernel - 1)))

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        m = mask.unsqueeze(1).to(hidden_states.dtype)
        x = torch.tanh(self._conv(self.conv1, hidden_states.mT, m))
        scores = self._conv(self.conv2, x, m) * m
        return scores.amax(dim=-1)
