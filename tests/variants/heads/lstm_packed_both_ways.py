"""Two directions, packed; the final states of both are joined."""

import torch
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.lstm = nn.LSTM(hidden, units or hidden, bidirectional=True, batch_first=True)
        self.score = nn.Linear(2 * (units or hidden), 1)

    def forward(self, hidden_states, mask):
        lengths = mask.sum(1).cpu()
        packed = nn.utils.rnn.pack_padded_sequence(hidden_states, lengths, batch_first=True, enforce_sorted=False)
        _, (final, _) = self.lstm(packed)
        return self.score(torch.cat([final[0], final[1]], dim=1))
