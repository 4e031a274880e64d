# cause: Silences the padding before the first convolution only, whose bias makes PAD positions speak again in the second one.
# function: ConvHead

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.k = kernel
        self.conv1 = nn.Conv1d(hidden, channels, kernel)
        self.conv2 = nn.Conv1d(channels, 1, kernel)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        keep = mask.bool().unsqueeze(1)
        x = hidden_states.transpose(1, 2).masked_fill(~keep, 0.0)
        x = torch.relu(self.conv1(F.pad(x, (0, self.k - 1))))
        x = self.conv2(F.pad(x, (0, self.k - 1)))
        return x.masked_fill(~keep, float("-inf")).amax(dim=2)
