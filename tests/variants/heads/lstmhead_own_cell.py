"""LSTMHead: an LSTM written by hand with one linear layer for all gates; the state of a text freezes after its
last token.
"""

import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        self.units = hidden if units is None else units
        self.gates = nn.Linear(hidden + self.units, 4 * self.units)
        self.score = nn.Linear(self.units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool().unsqueeze(-1)
        words = torch.where(real, hidden_states, 0.0)
        state = cell = hidden_states.new_zeros(hidden_states.shape[0], self.units)
        for word, alive in zip(words.unbind(1), real.unbind(1), strict=False):
            keep, write, show, new = self.gates(torch.cat([word, state], dim=-1)).chunk(4, dim=-1)
            next_cell = keep.sigmoid() * cell + write.sigmoid() * new.tanh()
            next_state = show.sigmoid() * next_cell.tanh()
            cell, state = torch.where(alive, next_cell, cell), torch.where(alive, next_state, state)
        return self.score(state)
