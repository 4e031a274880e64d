# cause: Does not fill up texts that are shorter than a kernel, so nn.Conv1d raises for them
# function: KernelsHead
import torch
from torch import nn


class KernelsHead(nn.Module):
    def __init__(self, hidden, channels=128, kernels=(2, 3, 4)):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv1d(hidden, channels, k) for k in kernels)
        self.line = nn.Linear(channels * len(kernels), 1)

    def forward(self, hidden_states, mask):
        x = (hidden_states * mask.unsqueeze(-1).to(hidden_states.dtype)).transpose(1, 2)
        maxima = []
        for conv in self.convs:
            y = torch.relu(conv(x))
            keep = mask[:, : y.shape[-1]].bool().unsqueeze(1)
            maxima.append(y.masked_fill(~keep, 0.0).amax(-1))
        return self.line(torch.cat(maxima, dim=1))
