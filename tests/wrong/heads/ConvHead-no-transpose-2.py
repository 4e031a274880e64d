# cause: Hands (B, T, C) to Conv1d, which wants the channels second, so it raises, or convolves over the features if T equals C.
# function: ConvHead

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.pad = kernel - 1
        self.conv1 = nn.Conv1d(hidden, channels, kernel)
        self.conv2 = nn.Conv1d(channels, 1, kernel)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        m = mask.bool()
        x = hidden_states.masked_fill(~m[..., None], 0.0)
        x = torch.relu(self.conv1(F.pad(x, (0, self.pad))))
        x = x.masked_fill(~m[:, None], 0.0)
        x = self.conv2(F.pad(x, (0, self.pad)))
        return x.masked_fill(~m[:, None], float("-inf")).max(dim=-1).values
