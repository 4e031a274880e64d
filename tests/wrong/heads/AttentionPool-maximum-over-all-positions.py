# cause: the softmax subtracts the maximum over all positions, padding included, and divides by 0 if all real weights vanish
# function: AttentionPool
from __future__ import annotations

from torch import Tensor, nn


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Softmax over the tokens; subtracting the maximum keeps the exponentials small."""
    powers = (scores - scores.amax(dim=1, keepdim=True)).exp()
    powers = powers * (mask != 0)
    return powers / powers.sum(dim=1, keepdim=True)


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.scorer = nn.Linear(hidden, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        weights = masked_softmax(self.scorer(hidden_states).squeeze(-1), mask)
        return (weights.unsqueeze(-1) * hidden_states).sum(dim=1)
