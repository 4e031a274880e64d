# cause: The texts are sorted by length for packing and the scores are never put back into the original order.
# function: LSTMHead
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.out = nn.Linear(units, 1)

    def forward(self, hidden_states, mask):
        lengths = mask.sum(1).cpu()
        lengths, order = torch.sort(lengths, descending=True)
        packed = pack_padded_sequence(hidden_states[order], lengths, batch_first=True)
        _, (h, _) = self.lstm(packed)
        return self.out(h[-1])
