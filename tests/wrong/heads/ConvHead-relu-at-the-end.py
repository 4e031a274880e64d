# cause: The score goes through a ReLU, so it can never be negative.
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
        m = mask.unsqueeze(1).to(hidden_states.dtype)
        x = F.pad(hidden_states.transpose(1, 2) * m, (0, self.kernel - 1))
        x = F.pad(F.relu(self.conv1(x)) * m, (0, self.kernel - 1))
        x = F.relu(self.conv2(x)) * m
        return x.amax(2)
