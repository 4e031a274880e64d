# cause: Forgets batch_first=True, so the LSTM reads along the batch and texts mix
# function: LSTMHead
import torch
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.units = hidden if units is None else units
        self.rnn = nn.LSTM(hidden, self.units)
        self.score = nn.Linear(self.units, 1)

    def forward(self, hidden_states, mask):
        states, (h, c) = self.rnn(hidden_states)
        last = mask.long().sum(dim=1) - 1
        rows = torch.arange(len(states), device=states.device)
        return self.score(states[rows, last])
