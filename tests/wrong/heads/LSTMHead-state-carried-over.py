# cause: The state of the LSTM is kept from one call to the next, so a score depends on the texts seen before.
# function: LSTMHead
import torch
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.fc = nn.Linear(units, 1)
        self.state = None

    def forward(self, hidden_states, mask):
        B = hidden_states.size(0)
        if self.state is None or self.state[0].size(1) != B:
            self.state = None
        out, (h, c) = self.lstm(hidden_states, self.state)
        self.state = (h.detach(), c.detach())
        return self.fc(out[torch.arange(B), mask.long().sum(1) - 1])
