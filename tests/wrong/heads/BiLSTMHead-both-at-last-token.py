# cause: The output at the last real token is taken for both directions, but there the backward one has read a single word only.
# function: BiLSTMHead

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class BiLSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        units = units or hidden
        self.lstm = nn.LSTM(hidden, units, batch_first=True, bidirectional=True)
        self.linear = nn.Linear(2 * units, 1)

    def forward(self, hidden_states, mask):
        lengths = mask.long().sum(dim=1)
        packed = pack_padded_sequence(hidden_states, lengths.cpu(), batch_first=True, enforce_sorted=False)
        output, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        last = output[torch.arange(len(lengths)), lengths - 1]
        return self.linear(last)
