"""GeMPool: works with logarithms in float64: the root of a mean of powers is a logsumexp, minus log n, over p."""

import torch
from torch import Tensor, nn


class GeMPool(nn.Module):
    def __init__(self, p: float = 3.0, eps: float = 1e-6) -> None:
        super().__init__()
        self.register_parameter("exponent", nn.Parameter(torch.full((1,), float(p))))
        self.eps = eps

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool().unsqueeze(-1)
        logs = torch.where(real, hidden_states.double(), 1.0).clamp(min=self.eps).log()
        p = self.exponent.double()
        powers = (p * logs).masked_fill(~real, -torch.inf)
        mean = powers.logsumexp(dim=1) - real.sum(dim=1).double().log()
        return (mean / p).exp().to(hidden_states.dtype)
