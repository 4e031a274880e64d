"""GeMPool fills PAD with a number before clamping and multiplies by weights that sum to one."""

import torch
from torch import nn


class GeMPool(nn.Module):
    def __init__(self, p: float = 3.0, eps: float = 1e-6):
        super().__init__()
        self.eps = eps
        self.p = nn.Parameter(torch.as_tensor(p, dtype=torch.get_default_dtype()))

    def forward(self, hidden_states, mask):
        real = mask > 0
        safe = hidden_states.masked_fill(~real.unsqueeze(2), 1.0).clamp_min(self.eps)
        weights = real / real.sum(1, keepdim=True)
        return torch.einsum("bt,btc->bc", weights, safe.pow(self.p)).pow(self.p.reciprocal())
