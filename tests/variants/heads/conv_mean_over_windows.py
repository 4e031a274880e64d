"""Looks back instead of ahead, normalises each window, and takes the mean of the windows instead of the maximum."""

import torch.nn.functional as F
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.kernel = kernel
        self.conv = nn.utils.parametrizations.weight_norm(nn.Conv1d(hidden, channels, kernel))
        self.norm = nn.LayerNorm(channels)
        self.score = nn.Linear(channels, 1, bias=False)

    def forward(self, hidden_states, mask):
        keep = mask.float()[..., None]
        back = F.pad((hidden_states * keep).transpose(1, 2), (self.kernel - 1, 0))
        features = F.silu(self.norm(self.conv(back).transpose(1, 2)))
        return self.score((features * keep).sum(1) / keep.sum(1))
