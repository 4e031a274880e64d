# cause: The argument units is ignored; the LSTM is always as wide as the encoder.
# function: LSTMHead
import torch
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.lstm = nn.LSTM(hidden, hidden, batch_first=True)
        self.linear = nn.Linear(hidden, 1)

    def forward(self, hidden_states, mask):
        out, _ = self.lstm(hidden_states)
        last = mask.long().sum(1) - 1
        return self.linear(out[torch.arange(len(out)), last])
