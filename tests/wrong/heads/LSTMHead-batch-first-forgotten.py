# cause: Batch_first is left out, so the LSTM reads along the batch and the texts mix.
# function: LSTMHead

import torch
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units)
        self.out = nn.Linear(units, 1)

    def forward(self, hidden_states, mask):
        states, _ = self.lstm(hidden_states)
        last = mask.long().sum(dim=1) - 1
        final = states[torch.arange(states.shape[0]), last]
        return self.out(final)
