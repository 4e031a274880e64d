# cause: batch_first is missing, so the LSTM reads along the batch and the texts mix.
# function: LSTMHead
import torch
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        if units is None:
            units = hidden
        self.lstm = nn.LSTM(hidden, units)
        self.linear = nn.Linear(units, 1)

    def forward(self, hidden_states, mask):
        out, _ = self.lstm(hidden_states)
        last = mask.sum(1) - 1
        return self.linear(out[torch.arange(out.size(0)), last])
