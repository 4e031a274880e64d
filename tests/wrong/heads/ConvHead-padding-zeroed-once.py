# cause: Padding is zeroed before the first convolution only, so the second one sees the biases that the first one writes at the PAD positions after a text, but none at the end of a batch.
# function: ConvHead

import torch
import torch.nn.functional as F
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.conv1 = nn.Conv1d(hidden, channels, kernel)
        self.conv2 = nn.Conv1d(channels, 1, kernel)
        self.ahead = kernel - 1

    def forward(self, hidden_states, mask):
        real = mask.bool().unsqueeze(1)
        x = hidden_states.transpose(1, 2).masked_fill(~real, 0.0)
        x = torch.relu(self.conv1(F.pad(x, (0, self.ahead))))
        x = self.conv2(F.pad(x, (0, self.ahead)))
        x = x.masked_fill(~real, float("-inf"))
        return x.max(dim=2).values
