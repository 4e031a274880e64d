# cause: Takes the p-th root of each power before the mean, so the two cancel and the plain mean comes out
# function: GeMPool
import torch
from torch import nn


class GeMPool(nn.Module):
    def __init__(self, p=3.0, eps=1e-6):
        super().__init__()
        self.p = nn.Parameter(torch.tensor(float(p)))
        self.eps = eps

    def forward(self, hidden_states, mask):
        m = mask.bool().unsqueeze(-1)
        powers = hidden_states.clamp(min=self.eps).pow(self.p).pow(1.0 / self.p)
        return powers.masked_fill(~m, 0.0).sum(dim=1) / m.sum(dim=1)
