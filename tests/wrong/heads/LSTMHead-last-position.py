# cause: The state at the last position is taken, which is padding for shorter texts.
# function: LSTMHead
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        units = units or hidden
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.fc = nn.Linear(units, 1)

    def forward(self, hidden_states, mask):
        out, (h, c) = self.lstm(hidden_states)
        return self.fc(out[:, -1, :])
