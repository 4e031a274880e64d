# cause: The hidden states are detached, as if the encoder were always frozen, so the real tokens get no gradient.
# function: ConvHead

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
        x = hidden_states.detach().transpose(1, 2).masked_fill(~real, 0.0)
        x = F.gelu(self.conv1(F.pad(x, (0, self.kernel - 1))))
        x = x.masked_fill(~real, 0.0)
        x = self.conv2(F.pad(x, (0, self.kernel - 1)))
        x = x.masked_fill(~real, float("-inf"))
        return x.amax(dim=2)
