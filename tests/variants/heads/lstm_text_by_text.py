"""Two layers in two directions, each text by itself without its padding, the states averaged."""

import torch
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        units = units or hidden
        self.lstm = nn.LSTM(hidden, units, num_layers=2, dropout=0.3, bidirectional=True)
        self.score = nn.Sequential(nn.Dropout(0.1), nn.Linear(2 * units, 1))

    def forward(self, hidden_states, mask):
        outputs = []
        for states, keep in zip(hidden_states, mask.bool(), strict=True):
            out, _ = self.lstm(states[keep][:, None])
            outputs.append(out[:, 0].mean(0))
        return self.score(torch.stack(outputs))
