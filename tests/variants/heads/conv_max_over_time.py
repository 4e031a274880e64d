"""After Kim (2014): parallel kernels, the maximum of every channel over time, dropout and a linear layer."""

import torch
import torch.nn.functional as F
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv1d(hidden, channels, size, padding=size - 1) for size in range(2, kernel + 2))
        self.dropout = nn.Dropout(0.1)
        self.score = nn.Linear(channels * len(self.convs), 1)

    def forward(self, hidden_states, mask):
        keep = mask[:, None, :].to(hidden_states.dtype)
        pooled = []
        for conv in self.convs:
            features = F.gelu(conv(hidden_states.mT * keep))
            alive = F.pad(keep, (0, conv.kernel_size[0] - 1))  # windows that end behind the text hold zeros there
            pooled.append(features.masked_fill(alive == 0, torch.finfo(features.dtype).min).amax(2))
        return self.score(self.dropout(torch.cat(pooled, 1)))
