# cause: Ignores the argument kernel and always builds windows of two tokens.
# function: ConvHead

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.cnn1 = nn.Conv1d(hidden, channels, kernel_size=2)
        self.cnn2 = nn.Conv1d(channels, 1, kernel_size=2)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        pad = (mask == 0).unsqueeze(1)
        h = hidden_states.transpose(1, 2).masked_fill(pad, 0.0)
        h = F.relu(self.cnn1(F.pad(h, (0, 1))))
        h = h.masked_fill(pad, 0.0)
        h = self.cnn2(F.pad(h, (0, 1)))
        h = h.masked_fill(pad, torch.finfo(h.dtype).min)
        return h.max(dim=2).values
