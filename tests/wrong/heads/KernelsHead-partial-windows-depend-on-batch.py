# cause: The convolution is given room only where the whole batch is shorter than the kernel, so windows that reach past a text exist only if there is padding behind it.
# function: KernelsHead

import torch
import torch.nn.functional as F
from torch import nn


class KernelsHead(nn.Module):
    def __init__(self, hidden, channels=128, kernels=(2, 3, 4)):
        super().__init__()
        self.kernels = tuple(kernels)
        self.convs = nn.ModuleList([nn.Conv1d(hidden, channels, k) for k in self.kernels])
        self.fc = nn.Linear(channels * len(self.kernels), 1)

    def forward(self, hidden_states, mask):
        m = mask.unsqueeze(1).to(hidden_states.dtype)
        x = hidden_states.transpose(1, 2) * m
        pooled = []
        for k, conv in zip(self.kernels, self.convs):
            short = max(0, k - x.shape[2])
            y = F.relu(conv(F.pad(x, (0, short))))
            y = y * m[:, :, : y.shape[2]]  # windows that begin after the text
            pooled.append(y.amax(dim=2))
        return self.fc(torch.cat(pooled, dim=1))
