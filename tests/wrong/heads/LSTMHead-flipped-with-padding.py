# cause: The padded rows are flipped to read backwards, so the LSTM reads the PAD positions before it comes to the text.
# function: LSTMHead

import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = units or hidden
        self.rnn = nn.LSTM(hidden, units, batch_first=True)
        self.back = nn.LSTM(hidden, units, batch_first=True)
        self.out = nn.Linear(2 * units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        last = mask.long().sum(dim=1) - 1
        rows = torch.arange(hidden_states.size(0), device=hidden_states.device)
        forward, _ = self.rnn(hidden_states)
        backward, _ = self.back(hidden_states.flip(1))
        return self.out(torch.cat([forward[rows, last], backward[:, -1]], dim=1))
