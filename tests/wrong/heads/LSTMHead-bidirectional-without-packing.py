# cause: A bidirectional LSTM runs over the padded rows, so its backward direction begins in the padding.
# function: LSTMHead
import torch
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        units = units or hidden
        self.lstm = nn.LSTM(hidden, units, batch_first=True, bidirectional=True)
        self.linear = nn.Linear(2 * units, 1)

    def forward(self, hidden_states, mask):
        out, _ = self.lstm(hidden_states)
        idx = mask.sum(1) - 1
        rows = torch.arange(out.shape[0])
        return self.linear(out[rows, idx])
