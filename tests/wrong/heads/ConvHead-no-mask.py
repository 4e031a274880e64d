# cause: Copies the convolution head of the Kaggle blog, which has no mask: PAD takes part in windows and maximum.
# function: ConvHead

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.pad = kernel - 1
        self.cnn1 = nn.Conv1d(hidden, channels, kernel_size=kernel)
        self.cnn2 = nn.Conv1d(channels, 1, kernel_size=kernel)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        x = hidden_states.permute(0, 2, 1)
        x = F.relu(self.cnn1(F.pad(x, (0, self.pad))))
        x = self.cnn2(F.pad(x, (0, self.pad)))
        return torch.max(x, dim=-1).values
