"""BiLSTMHead unpacks the states and takes the halves of two positions: first half, second half."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class BiLSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.units = hidden if units is None else units
        self.rnn = nn.LSTM(input_size=hidden, hidden_size=self.units, bidirectional=True)
        self.out = nn.Linear(self.units * 2, 1)

    def forward(self, hidden_states, mask):
        lengths = mask.long().sum(1)
        order = lengths.argsort(descending=True)
        packed = pack_padded_sequence(hidden_states[order].transpose(0, 1), lengths[order].tolist())
        states = pad_packed_sequence(self.rnn(packed)[0])[0].transpose(0, 1)[order.argsort()]
        last = states[range(len(lengths)), (lengths - 1).tolist()]
        return self.out(torch.cat([last[:, : self.units], states[:, 0, self.units :]], 1))
