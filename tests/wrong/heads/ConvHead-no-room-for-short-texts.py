# cause: The convolutions get no padding, so a text that is shorter than both windows together raises an error or has no window.
# function: ConvHead

import torch
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.kernel = kernel
        self.first = nn.Conv1d(hidden, channels, kernel_size=kernel)
        self.second = nn.Conv1d(channels, 1, kernel_size=kernel)

    def forward(self, hidden_states, mask):
        k = self.kernel
        m = mask[:, None, :].to(hidden_states.dtype)
        x = self.first(hidden_states.permute(0, 2, 1) * m)
        inside = m[:, :, k - 1 :]  # only windows that end inside the text
        x = self.second(torch.tanh(x) * inside)
        inside = inside[:, :, k - 1 :]
        return x.masked_fill(inside == 0, torch.finfo(x.dtype).min).amax(-1)
