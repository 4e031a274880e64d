# cause: A BatchNorm over padded positions makes the texts mix; and a sigmoid is put at the end.
# function: ConvHead
import torch
import torch.nn.functional as F
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.kernel = kernel
        self.conv1 = nn.Conv1d(hidden, channels, kernel)
        self.bn = nn.BatchNorm1d(channels)
        self.conv2 = nn.Conv1d(channels, 1, kernel)

    def forward(self, hidden_states, mask):
        m = mask.unsqueeze(1)
        x = hidden_states.transpose(1, 2) * m
        x = torch.relu(self.bn(self.conv1(F.pad(x, (0, self.kernel - 1))))) * m
        x = self.conv2(F.pad(x, (0, self.kernel - 1)))
        return torch.sigmoid(x.masked_fill(m == 0, float("-inf")).max(-1).values)
