# cause: The hidden states go into Conv1d as (B, T, C) without a transpose, so the channels do not fit.
# function: ConvHead
import torch
import torch.nn.functional as F
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.kernel = kernel
        self.conv1 = nn.Conv1d(hidden, channels, kernel)
        self.conv2 = nn.Conv1d(channels, 1, kernel)

    def forward(self, hidden_states, mask):
        x = hidden_states * mask.unsqueeze(-1)
        x = F.pad(x, (0, self.kernel - 1))
        x = torch.relu(self.conv1(x)) * mask.unsqueeze(1)
        x = self.conv2(F.pad(x, (0, self.kernel - 1)))
        x = x.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        return x.max(dim=-1)[0]
