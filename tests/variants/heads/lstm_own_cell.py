"""A loop over the positions with LSTMCell; where the mask is zero, the state stays as it is."""

import torch
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.units = hidden if units is None else units
        self.cell = nn.LSTMCell(hidden, self.units)
        self.score = nn.Linear(self.units, 1)

    def forward(self, hidden_states, mask):
        state = memory = hidden_states.new_zeros(len(mask), self.units)
        for token, real in zip(hidden_states.unbind(1), mask.unbind(1), strict=True):
            after = self.cell(token, (state, memory))
            before, keep = (state, memory), real[:, None] == 1
            state, memory = (torch.where(keep, new, old) for new, old in zip(after, before, strict=True))
        return self.score(state)
