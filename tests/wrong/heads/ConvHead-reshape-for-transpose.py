# cause: Brings (B, T, C) to (B, C, T) with view, which mixes tokens and features, instead of transposing
# function: ConvHead
import torch
import torch.nn.functional as F
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.pad = nn.ConstantPad1d((0, kernel - 1), 0.0)
        self.c1 = nn.Conv1d(hidden, channels, kernel)
        self.c2 = nn.Conv1d(channels, 1, kernel)

    def forward(self, hidden_states, mask):
        b, t, c = hidden_states.shape
        m = mask.reshape(b, 1, t).to(hidden_states.dtype)
        x = hidden_states.reshape(b, c, t) * m
        x = torch.relu(self.c1(self.pad(x))) * m
        y = self.c2(self.pad(x)).squeeze(1)
        y = y.masked_fill(mask == 0, -torch.inf)
        return y.max(dim=1, keepdim=True).values
