# cause: Negative values are made positive instead of counting as eps.
# function: GeMPool

import torch
from torch import nn


class GeMPool(nn.Module):
    def __init__(self, p=3.0, eps=1e-6):
        super().__init__()
        self.p = nn.Parameter(torch.ones(1) * p)
        self.eps = eps

    def forward(self, hidden_states, mask):
        real = mask.bool()
        x = hidden_states.abs().clamp_min(self.eps) ** self.p
        x = torch.where(real[:, :, None], x, torch.zeros_like(x))
        n = real.sum(dim=1, keepdim=True)
        return (x.sum(dim=1) / n) ** (1 / self.p)
