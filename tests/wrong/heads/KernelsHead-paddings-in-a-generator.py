# cause: The paddings are a generator, which the first forward uses up
# function: KernelsHead
import torch
import torch.nn.functional as F
from torch import nn


class KernelsHead(nn.Module):
    def __init__(self, hidden, channels=128, kernels=(2, 3, 4)):
        super().__init__()
        self.convs = nn.ModuleList((nn.Conv1d(hidden, channels, k) for k in kernels))
        self.pads = ((0, k - 1) for k in kernels)
        self.out = nn.Linear(channels * len(kernels), 1)

    def forward(self, hidden_states, mask):
        m = mask[:, None] > 0
        x = hidden_states.mT * m
        return self.out(torch.cat([(c(F.pad(x, p)).relu() * m).amax(2) for c, p in zip(self.convs, self.pads)], 1))
