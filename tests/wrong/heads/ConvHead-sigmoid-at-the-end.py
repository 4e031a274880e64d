# cause: A sigmoid is put at the end, so a score cannot be any number.
# function: ConvHead
import torch
import torch.nn.functional as F
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.look_ahead = kernel - 1
        self.first = nn.Conv1d(hidden, channels, kernel)
        self.second = nn.Conv1d(channels, 1, kernel)

    def forward(self, hidden_states, mask):
        real = mask.bool().unsqueeze(1)
        x = hidden_states.transpose(1, 2).masked_fill(~real, 0.0)
        x = F.relu(self.first(F.pad(x, (0, self.look_ahead)))).masked_fill(~real, 0.0)
        x = self.second(F.pad(x, (0, self.look_ahead))).masked_fill(~real, float("-inf"))
        return torch.sigmoid(x.max(dim=2).values)
