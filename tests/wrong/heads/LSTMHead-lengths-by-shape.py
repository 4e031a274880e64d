# cause: the lengths are kept by the shape of the mask, so a second batch of the same shape is read with the lengths of the first
# function: LSTMHead
from __future__ import annotations

from torch import Tensor, nn
import torch
import torch.nn.functional as F


def real(mask: Tensor, axis: int = -1) -> Tensor:
    """The mask as booleans, with an axis for the features."""
    return (mask != 0).unsqueeze(axis)


def fill(x: Tensor, mask: Tensor, value: float, axis: int = -1) -> Tensor:
    return x.masked_fill(~real(mask, axis), value)


class TextHead(nn.Module):
    """What the heads that score texts have in common."""

    def windows(self, conv: nn.Conv1d, x: Tensor, mask: Tensor) -> Tensor:
        """One window per token, (B, channels, T): window t begins at token t, and what is not text is zero."""
        ahead = conv.kernel_size[0] - 1
        return conv(F.pad(fill(x, mask, 0.0, axis=1), (0, ahead)))

    def lengths(self, mask: Tensor) -> Tensor:
        """The lengths of the texts; several methods need them, so they are kept."""
        known = self.__dict__.setdefault("_lengths", {})
        key = (tuple(mask.shape), mask.device)
        if key not in known:
            known[key] = mask.sum(dim=1).long()
        return known[key]


class LSTMHead(TextHead):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        width = hidden if units is None else units
        self.reader = nn.LSTM(hidden, width, batch_first=True)
        self.scorer = nn.Linear(width, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        states, _ = self.reader(hidden_states)
        last = self.lengths(mask) - 1
        return self.scorer(states[torch.arange(len(states), device=states.device), last])
