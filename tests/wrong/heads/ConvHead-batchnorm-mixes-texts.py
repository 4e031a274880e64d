# cause: A BatchNorm between the convolutions takes its averages over the batch and the padding while training, so texts mix.
# function: ConvHead
import torch
import torch.nn.functional as F
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.kernel = kernel
        self.cnn1 = nn.Conv1d(hidden, channels, kernel_size=kernel)
        self.norm = nn.BatchNorm1d(channels)
        self.cnn2 = nn.Conv1d(channels, 1, kernel_size=kernel)

    def forward(self, hidden_states, mask):
        real = mask.unsqueeze(1)
        x = hidden_states.transpose(1, 2) * real
        x = self.cnn1(F.pad(x, (0, self.kernel - 1)))
        x = torch.relu(self.norm(x)) * real
        x = self.cnn2(F.pad(x, (0, self.kernel - 1)))
        x = x.masked_fill(real == 0, float("-inf"))
        logits, _ = torch.max(x, 2)
        return logits
