# cause: A sigmoid is put at the end, so a score cannot be any number.
# function: LSTMHead
import torch
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.classifier = nn.Linear(units, 1)

    def forward(self, hidden_states, mask):
        packed = nn.utils.rnn.pack_padded_sequence(
            hidden_states, mask.sum(1).cpu(), batch_first=True, enforce_sorted=False
        )
        _, (h, _) = self.lstm(packed)
        return torch.sigmoid(self.classifier(h[-1]))
