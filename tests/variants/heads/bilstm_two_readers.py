"""BiLSTMHead has an LSTM for each direction; the second one gets every text turned round by itself."""

import torch
from torch import nn


class BiLSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        units = units or hidden
        self.forth = nn.LSTM(hidden, units, batch_first=True)
        self.back = nn.LSTM(hidden, units, batch_first=True)
        self.score = nn.Linear(2 * units, 1)

    def forward(self, hidden_states, mask):
        lengths = mask.ne(0).sum(1)
        rows = torch.arange(len(lengths))
        places = torch.arange(mask.shape[1])[None]
        turned = (lengths[:, None] - 1 - places).clamp(min=0)
        mirrored = hidden_states.gather(1, turned[:, :, None].expand_as(hidden_states))
        one = self.forth(hidden_states)[0][rows, lengths - 1]
        other = self.back(mirrored)[0][rows, lengths - 1]
        return self.score(torch.cat((other, one), dim=-1))
