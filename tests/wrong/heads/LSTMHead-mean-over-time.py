# cause: The outputs of all positions are averaged, PAD included, instead of taking the state after the last real token.
# function: LSTMHead

import torch
import torch.nn as nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int = None):
        super().__init__()
        width = hidden if units is None else units
        self.rnn = nn.LSTM(hidden, width, batch_first=True)
        self.head = nn.Linear(width, 1)

    def forward(self, hidden_states, mask):
        outputs, _ = self.rnn(hidden_states)
        summary = torch.mean(outputs, dim=1)
        return self.head(summary)
