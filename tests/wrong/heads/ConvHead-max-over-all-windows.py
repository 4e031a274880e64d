# cause: Takes the maximum over all windows, those that begin behind the text included
# function: ConvHead
import torch
import torch.nn.functional as F
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.ahead = kernel - 1
        self.first = nn.Conv1d(hidden, channels, kernel_size=kernel)
        self.second = nn.Conv1d(channels, 1, kernel_size=kernel)

    def forward(self, hidden_states, mask):
        m = mask.to(hidden_states.dtype)[:, None, :]
        h = hidden_states.permute(0, 2, 1) * m
        h = F.gelu(self.first(F.pad(h, (0, self.ahead)))) * m
        scores = self.second(F.pad(h, (0, self.ahead)))
        return torch.max(scores, dim=2).values
