# cause: Adds the hidden state of the last token to the LSTM's as a residual, so the score has no bounds.
# function: LSTMHead

import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = units or hidden
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.out = nn.Linear(units + hidden, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        rows = torch.arange(hidden_states.shape[0])
        last = mask.sum(1).long() - 1
        seq, _ = self.lstm(hidden_states)
        both = torch.cat([seq[rows, last], hidden_states[rows, last]], dim=-1)
        return self.out(both)
