# cause: Windows that begin behind the text take part in the maximum.
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
        keep = mask[:, None, :].float()
        x = hidden_states.transpose(1, 2) * keep
        x = self.conv1(F.pad(x, (0, self.kernel - 1))).relu() * keep
        x = self.conv2(F.pad(x, (0, self.kernel - 1)))
        return x.amax(dim=-1)
