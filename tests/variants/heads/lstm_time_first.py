"""The default layout, time first; the last real state is fetched with gather, and a projection makes the score."""

import torch
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.lstm = nn.LSTM(hidden, hidden if units is None else units)
        self.weight = nn.Parameter(torch.zeros(self.lstm.hidden_size, 1))

    def forward(self, hidden_states, mask):
        states = self.lstm(hidden_states.swapaxes(0, 1))[0]
        place = mask.argmin(1) - 1  # the first zero, or, where there is none, position 0 and so the last one
        place = place.where(mask.amin(1) == 0, torch.tensor(mask.shape[1] - 1))
        last = states.gather(0, place.view(1, -1, 1).expand(1, -1, states.shape[2]))[0]
        return last @ self.weight
