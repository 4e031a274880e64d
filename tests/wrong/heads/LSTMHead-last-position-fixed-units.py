# cause: Takes the output at the last position of the batch, which is PAD for shorter texts; and: ignores units and always takes 256.
# function: LSTMHead

import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        self.lstm = nn.LSTM(hidden, 256, batch_first=True)
        self.out = nn.Linear(256, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        output, _ = self.lstm(hidden_states)
        return self.out(output[:, -1, :])
