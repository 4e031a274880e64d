"""The heads of exercise-4, which turn an encoder's hidden states into a prediction, for labels and for numbers.

Dimensions: B texts, T tokens, C width of the encoder, K outputs.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from solutions.recipes.config import Head

ALL_STATES = ("last4", "layer-mix")
"""Heads that read more than the last layer."""
FIXED: tuple[Head, ...] = ("cls", "mean", "max", "mean-max", "last4")
"""Heads with no trained parameters besides the linear layer."""
SCORING = ("conv", "lstm")
"""Heads that give a text one score, without computing a vector for it first."""


class Pooled(nn.Module):
    """One vector per text, and a linear layer."""

    def __init__(self, head: Head, width: int, n_layers: int, n_outputs: int, heads: Any) -> None:
        """Build the head from exercise-4's functions; random weights are drawn from torch's global generator."""
        super().__init__()
        self.head, self.n_last, self.n_outputs = head, min(4, n_layers), n_outputs
        size = {"mean-max": 2 * width, "last4": self.n_last * width}.get(head, width)
        if head == "layer-mix":
            self.mix = heads.LayerMix(n_layers + 1)
        if head == "attention":
            self.pool = heads.AttentionPool(width)
        name = {"max": "max_pool", "mean-max": "mean_max_pool", "last4": "cls_concat"}.get(head, "mean_pool")
        self.reduce = getattr(heads, name)
        self.line = nn.Linear(size, n_outputs)

    def pooled(self, states: Sequence[Tensor], mask: Tensor) -> Tensor:
        """Return one vector per text, from (B, T, C) of the last layer, or of all."""
        last = states[-1]
        match self.head:
            case "cls":
                return last[:, 0]
            case "mean" | "max" | "mean-max":
                return self.reduce(last, mask)
            case "last4":
                return self.reduce(tuple(states), n_last=self.n_last)
            case "layer-mix":
                return self.reduce(self.mix(tuple(states)), mask)
            case _:
                return self.pool(last, mask)

    def forward(self, states: Sequence[Tensor], mask: Tensor) -> Tensor:
        """Return the outputs, (B, K)."""
        return self.line(self.pooled(states, mask))


class Scored(nn.Module):
    """A scoring head for each output, which gives a text one score.

    For two labels one score is enough: it is the logit of the second, and the logit of the first is 0.
    """

    def __init__(self, head: Head, width: int, n_outputs: int, heads: Any) -> None:
        """Build the scoring heads of exercise-4."""
        super().__init__()
        kind = heads.ConvHead if head == "conv" else heads.LSTMHead
        self.n_outputs, self.two = n_outputs, n_outputs == 2
        self.scores = nn.ModuleList(kind(width) for _ in range(1 if self.two else n_outputs))

    def forward(self, states: Sequence[Tensor], mask: Tensor) -> Tensor:
        """Return the outputs, (B, K)."""
        scores = torch.cat([head(states[-1], mask) for head in self.scores], dim=1)
        return torch.cat([torch.zeros_like(scores), scores], dim=1) if self.two else scores


def build_head(head: Head, width: int, n_layers: int, n_outputs: int, heads: Any) -> nn.Module:
    """Build the head of this name; its weights are drawn from torch's global generator."""
    if head in SCORING:
        return Scored(head, width, n_outputs, heads)
    return Pooled(head, width, n_layers, n_outputs, heads)
