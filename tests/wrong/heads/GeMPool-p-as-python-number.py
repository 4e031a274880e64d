# cause: The exponent is turned into a Python number before it is used, so it never gets a gradient.
# function: GeMPool

import torch
from torch import nn


class GeMPool(nn.Module):
    def __init__(self, p=3.0, eps=1e-6):
        super().__init__()
        self.p = nn.Parameter(torch.tensor(float(p)))
        self.eps = eps

    def forward(self, hidden_states, mask):
        p = self.p.item()
        m = mask.to(hidden_states.dtype).unsqueeze(-1)
        powers = hidden_states.clamp(min=self.eps).pow(p) * m
        return (powers.sum(1) / m.sum(1)).pow(1.0 / p)
