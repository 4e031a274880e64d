"""GeMPool: everything in log space, a logsumexp over the real tokens, so that no power can overflow."""

import torch
from torch import Tensor, nn


class GeMPool(nn.Module):
    def __init__(self, p: float = 3.0, eps: float = 1e-6) -> None:
        super().__init__()
        self.p = nn.Parameter(torch.tensor(float(p)))
        self.eps = eps

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool().unsqueeze(-1)
        logs = hidden_states.masked_fill(~real, 1.0).clamp(min=self.eps).log()
        total = (self.p * logs).masked_fill(~real, float("-inf")).logsumexp(dim=1)
        count = real.sum(dim=1).to(logs.dtype)
        return ((total - count.log()) / self.p).exp()
