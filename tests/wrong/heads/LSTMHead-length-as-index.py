# cause: Uses the length as the index of the last token, off by one: it reads the first PAD and runs out of a full text.
# function: LSTMHead

import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = units or hidden
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.head = nn.Linear(units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        states, _ = self.lstm(hidden_states)
        lengths = mask.sum(dim=1).long()
        index = lengths.view(-1, 1, 1).expand(-1, 1, states.size(2))
        return self.head(states.gather(1, index).squeeze(1))
