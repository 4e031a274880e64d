# cause: Averages the windows instead of taking the maximum, so it matters how often a passage occurs
# function: KernelsHead
import torch
import torch.nn.functional as F
from torch import nn


class KernelsHead(nn.Module):
    def __init__(self, hidden, channels=128, kernels=(2, 3, 4)):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv1d(hidden, channels, kernel_size=k) for k in kernels])
        self.out = nn.Linear(channels * len(self.convs), 1)

    def forward(self, hidden_states, mask):
        m = mask.unsqueeze(1).to(hidden_states.dtype)
        x = hidden_states.transpose(1, 2) * m
        pooled = []
        for conv in self.convs:
            y = torch.relu(conv(F.pad(x, (0, conv.kernel_size[0] - 1)))) * m
            pooled.append(y.sum(dim=2) / m.sum(dim=2))
        return self.out(torch.cat(pooled, dim=-1))
