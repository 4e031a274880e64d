# cause: (B, T, C) is brought to (B, C, T) by view instead of a transpose, which mixes tokens and features.
# function: ConvHead
import torch.nn.functional as F
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.kernel = kernel
        self.conv1 = nn.Conv1d(hidden, channels, kernel)
        self.conv2 = nn.Conv1d(channels, 1, kernel)

    def forward(self, hidden_states, mask):
        B, T, C = hidden_states.shape
        m = mask.view(B, 1, T)
        x = (hidden_states * mask.unsqueeze(-1)).reshape(B, C, T)
        x = F.relu(self.conv1(F.pad(x, (0, self.kernel - 1)))) * m
        x = self.conv2(F.pad(x, (0, self.kernel - 1)))
        return x.masked_fill(m == 0, -float("inf")).max(-1).values
