# cause: Sorts the batch by length for packing and does not bring the states back into the old order
# function: BiLSTMHead
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence


class BiLSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.units = units or hidden
        self.lstm = nn.LSTM(hidden, self.units, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(self.units * 2, 1)

    def forward(self, hidden_states, mask):
        lengths, order = mask.sum(dim=1).long().sort(descending=True)
        packed = pack_padded_sequence(hidden_states[order], lengths.cpu(), batch_first=True)
        _, (h, _) = self.lstm(packed)
        return self.fc(torch.cat([h[0], h[1]], dim=-1))
