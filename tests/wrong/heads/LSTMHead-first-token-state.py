# cause: The state after the first token is scored instead of the one after the last real token.
# function: LSTMHead
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        units = units or hidden
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.linear = nn.Linear(units, 1)

    def forward(self, hidden_states, mask):
        sequence_output, _ = self.lstm(hidden_states)
        return self.linear(sequence_output[:, 0])
