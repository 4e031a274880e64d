# cause: The mask is not used at all, so padding takes part in both convolutions and in the maximum.
# function: ConvHead
import torch
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.kernel = kernel
        self.cnn1 = nn.Conv1d(hidden, channels, kernel_size=kernel, padding=kernel - 1)
        self.cnn2 = nn.Conv1d(channels, 1, kernel_size=kernel, padding=kernel - 1)

    def forward(self, hidden_states, mask):
        x = hidden_states.permute(0, 2, 1)
        x = torch.relu(self.cnn1(x))
        x = self.cnn2(x)
        return x.max(dim=2).values
