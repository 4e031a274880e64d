# cause: Keeps the state of the last call and starts the next texts from it, as in language modelling with truncated backpropagation.
# function: LSTMHead

import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = units or hidden
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.decoder = nn.Linear(units, 1)
        self.state = None

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        if self.state is not None and self.state[0].shape[1] != hidden_states.shape[0]:
            self.state = None
        out, state = self.lstm(hidden_states, self.state)
        self.state = tuple(s.detach() for s in state)
        last = mask.sum(dim=1).long() - 1
        return self.decoder(out[torch.arange(out.shape[0]), last])
