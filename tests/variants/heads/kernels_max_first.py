"""KernelsHead takes the maximum before ReLU, and adds its bias after it; zeros stand on both sides of a text."""

import torch
from torch import nn


class KernelsHead(nn.Module):
    def __init__(self, hidden, channels=128, kernels=(2, 3, 4)):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv1d(hidden, channels, k, padding=k - 1, bias=False) for k in kernels])
        self.biases = nn.ParameterList([nn.Parameter(torch.zeros(channels)) for _ in kernels])
        self.line = nn.Linear(channels * len(self.convs), 1)

    def forward(self, hidden_states, mask):
        keep = (mask != 0).float()
        x = (hidden_states * keep[..., None]).permute(0, 2, 1)
        found = []
        for conv, bias in zip(self.convs, self.biases, strict=True):
            y = conv(x)  # T + k - 1 windows; the first ones begin before the text
            real = torch.nn.functional.pad(keep, (conv.kernel_size[0] - 1, 0), value=1.0)[:, None]
            found.append(torch.relu(y.masked_fill(real == 0, -torch.inf).amax(-1) + bias))
        return self.line(torch.cat(found, 1))
