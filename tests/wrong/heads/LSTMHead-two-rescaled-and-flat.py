# cause: A sigmoid limits the score to 0..1; and the result is squeezed to (B,).
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
        out, _ = self.lstm(hidden_states)
        pick = out[torch.arange(out.size(0)), mask.sum(1).long() - 1]
        return torch.sigmoid(self.linear(pick)).squeeze(-1)
