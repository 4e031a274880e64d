# cause: Silences the padding only before the first convolution, whose bias (and window) makes it non-zero again for the second
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
        keep = mask.bool().unsqueeze(1)
        x = hidden_states.transpose(1, 2).masked_fill(~keep, 0.0)
        x = torch.relu(self.conv1(F.pad(x, (0, self.kernel - 1))))
        x = self.conv2(F.pad(x, (0, self.kernel - 1)))
        return x.masked_fill(~keep, float("-inf")).amax(dim=-1)
