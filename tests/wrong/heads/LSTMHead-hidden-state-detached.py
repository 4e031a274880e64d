# cause: The hidden states are detached, so the encoder below cannot learn.
# function: LSTMHead
import torch
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        units = units or hidden
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.linear = nn.Linear(units, 1)

    def forward(self, hidden_states, mask):
        x = torch.tensor(hidden_states.tolist())
        out, _ = self.lstm(x)
        ends = (mask.sum(1) - 1).tolist()
        return self.linear(torch.stack([out[i, int(t)] for i, t in enumerate(ends)]))
