# cause: The state at index n is taken instead of n - 1, one place behind the last real token.
# function: LSTMHead
import torch
from torch import nn


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.rnn = nn.LSTM(input_size=hidden, hidden_size=units if units is not None else hidden, batch_first=True)
        self.head = nn.Linear(self.rnn.hidden_size, 1)

    def forward(self, hidden_states, mask):
        states = self.rnn(hidden_states)[0]
        n = mask.sum(dim=1).long().clamp(max=states.size(1) - 1)
        last = states.gather(1, n.view(-1, 1, 1).expand(-1, 1, states.size(2)))
        return self.head(last.squeeze(1))
