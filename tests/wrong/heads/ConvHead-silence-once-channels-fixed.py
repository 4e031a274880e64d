# cause: The number of channels is fixed at 256 whatever the argument says; and: padding is silenced before the first convolution only.
# function: ConvHead

import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.kernel = kernel
        self.conv1 = nn.Conv1d(hidden, 256, kernel)
        self.conv2 = nn.Conv1d(256, 1, kernel)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool().unsqueeze(1)
        x = hidden_states.transpose(1, 2).masked_fill(~real, 0.0)
        x = F.gelu(self.conv1(F.pad(x, (0, self.kernel - 1))))
        x = self.conv2(F.pad(x, (0, self.kernel - 1)))
        x = x.masked_fill(~real, float("-inf"))
        return x.amax(dim=2)
