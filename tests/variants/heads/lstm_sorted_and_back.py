"""Sorts by length, packs, and puts the scores back with the inverse of the permutation."""

import torch
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.lstm = nn.LSTM(hidden, units or hidden, batch_first=True)
        self.score = nn.Linear(units or hidden, 1)

    def forward(self, hidden_states, mask):
        lengths, order = mask.sum(1).sort(descending=True)
        packed = nn.utils.rnn.pack_padded_sequence(hidden_states[order], lengths, batch_first=True)
        scores = self.score(self.lstm(packed)[1][0][-1])
        return scores[torch.argsort(order)]
