# cause: The LSTM's states are averaged over all positions, padding included, instead of taking the last real one.
# function: LSTMHead
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        n = units if units is not None else hidden
        self.lstm = nn.LSTM(hidden, n, num_layers=1, batch_first=True)
        self.fc = nn.Sequential(nn.Linear(n, 1))

    def forward(self, hidden_states, mask):
        seq, _ = self.lstm(hidden_states * mask.unsqueeze(-1))
        return self.fc(seq.mean(dim=1))
