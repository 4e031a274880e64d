# cause: Takes the absolute value where the least value eps is asked for, so large negative numbers count
# function: GeMPool
import torch
from torch import nn


class GeMPool(nn.Module):
    def __init__(self, p=3.0, eps=1e-6):
        super().__init__()
        self.p = nn.Parameter(torch.ones(1) * p)
        self.eps = eps

    def forward(self, hidden_states, mask):
        w = mask.to(hidden_states.dtype)[:, :, None]
        x = (hidden_states.abs() + self.eps) ** self.p
        return ((x * w).sum(1) / w.sum(1)) ** (1 / self.p)
