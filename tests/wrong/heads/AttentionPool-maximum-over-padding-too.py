# cause: the stable softmax subtracts the maximum over all positions, padding included, and bounds the sum from below by 1e-6: if a PAD position has a much larger score than the real tokens, the weights no longer sum to 1 (the content of PAD changes the result)
# function: AttentionPool
from __future__ import annotations

import torch
from torch import Tensor, nn


def _bool_mask(mask: Tensor) -> Tensor:
    """Normalise any kind of mask (bool, int, float) to bool."""
    return mask if mask.dtype == torch.bool else mask > 0


class AttentionPool(nn.Module):
    """Attention pooling with an explicit, numerically stable softmax."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.attention = nn.Sequential(
            nn.Linear(hidden, hidden),
            nn.GELU(),
            nn.Linear(hidden, 1),
        )

    @staticmethod
    def _masked_softmax(scores: Tensor, keep: Tensor) -> Tensor:
        """Subtract the maximum before the exponential, and give padding no weight at all."""
        scores = scores - scores.max(dim=1, keepdim=True).values.detach()
        exps = scores.exp() * keep.to(scores.dtype)
        return exps / exps.sum(dim=1, keepdim=True).clamp_min(1e-6)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        keep = _bool_mask(mask)
        scores = self.attention(hidden_states).squeeze(-1)
        weights = self._masked_softmax(scores, keep)
        return torch.bmm(weights.unsqueeze(1), hidden_states.masked_fill(~keep.unsqueeze(-1), 0.0)).squeeze(1)
