# cause: The features are averaged over the windows of a text instead of taking the maximum, so it matters how often a passage occurs.
# function: KernelsHead

import torch
from torch import nn


class KernelsHead(nn.Module):
    def __init__(self, hidden, channels=128, kernels=(2, 3, 4)):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv1d(hidden, channels, kernel_size=k) for k in kernels)
        self.linear = nn.Linear(len(self.convs) * channels, 1)

    def forward(self, hidden_states, mask):
        real = mask.bool()[:, None, :]
        x = hidden_states.masked_fill(~real.transpose(1, 2), 0).transpose(1, 2)
        features = []
        for conv in self.convs:
            ahead = conv.kernel_size[0] - 1
            y = conv(nn.functional.pad(x, (0, ahead))).relu()
            y = y.masked_fill(~real, 0)
            features.append(y.sum(-1) / real.sum(-1))
        return self.linear(torch.cat(features, -1))
