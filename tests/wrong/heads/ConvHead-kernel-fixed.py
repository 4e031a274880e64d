# cause: The kernel size is always 2 whatever is asked for.
# function: ConvHead
import torch
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.conv1 = nn.Conv1d(hidden, channels, 2)
        self.conv2 = nn.Conv1d(channels, 1, 2)

    def forward(self, hidden_states, mask):
        m = mask.unsqueeze(1).to(hidden_states.dtype)
        x = hidden_states.transpose(1, 2) * m
        x = nn.functional.pad(x, (0, 1))
        x = torch.relu(self.conv1(x)) * m
        x = self.conv2(nn.functional.pad(x, (0, 1)))
        x = torch.where(m == 0, torch.full_like(x, -1e30), x)
        return x.max(2).values
