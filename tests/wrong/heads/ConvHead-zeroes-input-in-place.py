# cause: The padding is silenced by writing zeros into the caller's hidden states.
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

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool().unsqueeze(1)
        x = hidden_states.transpose(1, 2)
        with torch.no_grad():
            x.masked_fill_(~real, 0.0)
        x = F.gelu(self.conv1(F.pad(x, (0, self.kernel - 1))))
        x = x.masked_fill(~real, 0.0)
        x = self.conv2(F.pad(x, (0, self.kernel - 1)))
        x = x.masked_fill(~real, float("-inf"))
        return x.amax(dim=2)
