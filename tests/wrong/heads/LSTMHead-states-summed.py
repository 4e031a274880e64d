# cause: The states of all positions are added up, padding included.
# function: LSTMHead
import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):

    def __init__(self, hidden: int, units: int | None=None) -> None:
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.regressor = nn.Linear(units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        states, _ = self.lstm(hidden_states)
        last = (mask != 0).sum(dim=1) - 1
        rows = torch.arange(len(last), device=last.device)
        return self.regressor(states.sum(dim=1))
