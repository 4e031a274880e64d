# cause: Does not pad for the windows, so a text shorter than the windows need raises and full texts have fewer windows than padded ones.
# function: ConvHead

import torch
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(hidden, channels, kernel)
        self.conv2 = nn.Conv1d(channels, 1, kernel)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.unsqueeze(1) == 1
        x = hidden_states.transpose(1, 2).masked_fill(~real, 0)
        x = torch.relu(self.conv1(x))
        x = x.masked_fill(~real[..., : x.shape[-1]], 0)
        x = self.conv2(x)
        x = x.masked_fill(~real[..., : x.shape[-1]], -torch.inf)
        return x.max(-1).values
