# cause: the LSTM starts from random initial states in every call, so the score of a text differs from call to call
# function: LSTMHead
from torch import nn
import torch


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        if units is None:
            units = hidden
        self.units = units
        self.lstm = nn.LSTM(hidden, units, num_layers=1, batch_first=True)
        self.fc = nn.Linear(units, 1)

    def forward(self, hidden_states, mask):
        batch_size = hidden_states.shape[0]
        # initial hidden state and cell state
        h0 = torch.randn(1, batch_size, self.units, dtype=hidden_states.dtype, device=hidden_states.device)
        c0 = torch.randn(1, batch_size, self.units, dtype=hidden_states.dtype, device=hidden_states.device)
        out, (hn, cn) = self.lstm(hidden_states, (h0, c0))

        last_states = []
        for i in range(batch_size):
            last = int(mask[i].sum().item()) - 1
            last_states.append(out[i, last, :])
        return self.fc(torch.stack(last_states))
