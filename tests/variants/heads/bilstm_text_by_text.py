"""BiLSTMHead reads one text after the other, without padding."""

import torch
from torch import nn


class BiLSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.lstm = nn.LSTM(hidden, hidden if units is None else units, batch_first=True, bidirectional=True)
        self.head = nn.Sequential(nn.Linear(2 * self.lstm.hidden_size, 1))

    def forward(self, hidden_states, mask):
        scores = []
        for states, keep in zip(hidden_states, mask, strict=True):
            _, (state, _) = self.lstm(states[keep == 1][None])
            scores.append(self.head(state.transpose(0, 1).flatten(1)))
        return torch.cat(scores)
