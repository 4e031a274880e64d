# cause: Takes both halves of the output at the last word, where the backward direction has read only one word
# function: BiLSTMHead
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class BiLSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * units, 1)

    def forward(self, hidden_states, mask):
        n = mask.long().sum(1)
        packed = pack_padded_sequence(hidden_states, n.cpu(), batch_first=True, enforce_sorted=False)
        y, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        return self.out(y[torch.arange(len(y), device=y.device), n - 1])
