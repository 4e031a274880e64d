# cause: texts are laid out in one line with a gap of one zero, so the last windows of a text read the next text
# function: ConvHead
from __future__ import annotations
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    """All texts are laid out one after the other in one long row, so that no window is computed for padding."""

    GAP = 1  # zeros between two texts

    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.first = nn.Conv1d(hidden, channels, kernel)
        self.second = nn.Conv1d(channels, 1, kernel)
        self.ahead = kernel - 1

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        B, _, C = hidden_states.shape
        row, col = (mask != 0).nonzero(as_tuple=True)
        room = (mask != 0).sum(1) + self.GAP
        begin = room.cumsum(0) - room
        where = begin[row] + col
        total = int(room.sum())

        line = hidden_states.new_zeros(total, C).index_copy(0, where, hidden_states[row, col])
        real = torch.zeros(total, dtype=torch.bool, device=line.device).index_fill_(0, where, True)
        x = self.first(F.pad(line.t().unsqueeze(0), (0, self.ahead))).relu()
        x = x.masked_fill(~real, 0.0)
        x = self.second(F.pad(x, (0, self.ahead)))[0, 0, where]
        return x.new_zeros(B).scatter_reduce(0, row, x, reduce="amax", include_self=False).unsqueeze(1)
