"""GeMPool goes text by text, with float64 inside."""

import torch
from torch import nn


class GeMPool(nn.Module):
    def __init__(self, p=3.0, eps=1e-6):
        nn.Module.__init__(self)
        self.eps = float(eps)
        self.p = nn.Parameter(torch.ones(1, 1) * p)

    def forward(self, hidden_states, mask):
        rows = []
        for states, keep in zip(hidden_states, mask, strict=True):
            tokens = states[keep.bool()].double().clip(self.eps, None)
            rows.append(tokens.pow(self.p.double()).mean(0).pow(1.0 / self.p.double()).view(-1))
        return torch.stack(rows).to(hidden_states)
