# cause: The padding is multiplied by zero and then read all the same: the LSTM goes on through it, and its final state depends on the number of PAD.
# function: LSTMHead

from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.lstm = nn.LSTM(input_size=hidden, hidden_size=units or hidden, batch_first=True)
        self.fc = nn.Linear(units or hidden, 1)

    def forward(self, hidden_states, mask):
        silenced = hidden_states * mask.unsqueeze(-1).to(hidden_states.dtype)
        _, (h_n, c_n) = self.lstm(silenced)
        return self.fc(h_n[-1])
