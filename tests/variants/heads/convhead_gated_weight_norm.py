"""ConvHead: gated convolutions (GLU), three deep, 512 wide in the middle, all weight-normalised."""

import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.kernel = kernel
        self.first = weight_norm(nn.Conv1d(hidden, 2 * channels, kernel))
        self.second = weight_norm(nn.Conv1d(channels, 2 * 512, kernel))
        self.third = weight_norm(nn.Conv1d(512, 1, kernel))

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        pad = (mask == 0).unsqueeze(1)
        ahead = (0, self.kernel - 1)
        x = hidden_states.transpose(1, 2).masked_fill(pad, 0)
        x = F.glu(self.first(F.pad(x, ahead)), dim=1).masked_fill(pad, 0)
        x = F.glu(self.second(F.pad(x, ahead)), dim=1).masked_fill(pad, 0)
        x = self.third(F.pad(x, ahead)).masked_fill(pad, float("-inf"))
        return F.adaptive_max_pool1d(x, 1).squeeze(-1)
