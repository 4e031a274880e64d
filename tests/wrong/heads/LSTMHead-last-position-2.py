# cause: Takes the output at the last position of the batch, which is padding for shorter texts
# function: LSTMHead
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        units = units or hidden
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.out = nn.Linear(units, 1)

    def forward(self, hidden_states, mask):
        states, _ = self.lstm(hidden_states)
        return self.out(states[:, -1])
