"""GeMPool works with logarithms and logsumexp, keeps p as a vector of one number, and knows the mask as floats."""

import torch
from torch import nn


class GeMPool(nn.Module):
    def __init__(self, p=3.0, eps=1e-6):
        super().__init__()
        self.exponent = nn.Parameter(torch.full((1,), p))
        self.register_buffer("least", torch.tensor(eps))

    def forward(self, hidden_states, mask):
        keep = mask.float()[:, :, None]
        logs = torch.maximum(hidden_states, self.least).log() * self.exponent
        total = torch.logsumexp(logs + keep.log(), dim=1)
        return ((total - keep.sum(1).log()) / self.exponent).exp()
