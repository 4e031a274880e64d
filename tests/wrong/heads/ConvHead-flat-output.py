# cause: The scores are squeezed to (B,) instead of (B, 1).
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
        m = mask.unsqueeze(1)
        x = hidden_states.transpose(1, 2) * m
        x = F.gelu(self.conv1(F.pad(x, (0, self.kernel - 1)))) * m
        x = self.conv2(F.pad(x, (0, self.kernel - 1))).squeeze(1)
        return x.masked_fill(mask == 0, float("-inf")).max(dim=1).values
