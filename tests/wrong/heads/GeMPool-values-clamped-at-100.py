# cause: values above 100 are clamped to 100
# function: GeMPool
from __future__ import annotations

import torch
from torch import Tensor, nn


def _bool_mask(mask: Tensor) -> Tensor:
    """Normalise any kind of mask (bool, int, float) to bool."""
    return mask if mask.dtype == torch.bool else mask > 0


class GeMPool(nn.Module):
    """Generalised-mean pooling with a learned exponent."""

    def __init__(self, p: float = 3.0, eps: float = 1e-6, max_value: float = 1e2) -> None:
        super().__init__()
        self.p = nn.Parameter(torch.tensor(float(p)))
        self.eps = eps
        self.max_value = max_value

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        keep = _bool_mask(mask).unsqueeze(-1)
        # Bounded from below (fractional powers) and from above (overflow for large exponents).
        bounded = hidden_states.clamp(min=self.eps, max=self.max_value)
        powers = bounded.pow(self.p).masked_fill(~keep, 0.0)
        mean = powers.sum(dim=1) / keep.sum(dim=1).clamp(min=1)
        return mean.pow(1.0 / self.p)
