# cause: Padding is silenced before the first convolution only; with its bias it answers to zeros, and the second one sees that.
# function: ConvHead
import torch
import torch.nn.functional as F
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.k = kernel
        self.c1 = nn.Conv1d(hidden, channels, kernel)
        self.c2 = nn.Conv1d(channels, 1, kernel)

    def forward(self, hidden_states, mask):
        m = mask.unsqueeze(1).to(hidden_states.dtype)
        x = hidden_states.transpose(1, 2) * m
        x = F.relu(self.c1(F.pad(x, (0, self.k - 1))))
        x = self.c2(F.pad(x, (0, self.k - 1)))
        x = x.masked_fill(m == 0, float("-inf"))
        return x.max(-1).values
