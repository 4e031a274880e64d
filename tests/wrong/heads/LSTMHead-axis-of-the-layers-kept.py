# cause: h_n is scored with its axis of layers, so the result is (1, B, 1).
# function: LSTMHead
import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.regressor = nn.Linear(units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        states, _ = self.lstm(hidden_states)
        last = (mask != 0).sum(dim=1) - 1
        rows = torch.arange(len(last), device=last.device)
        return self.regressor(
            self.lstm(
                nn.utils.rnn.pack_padded_sequence(
                    hidden_states, (mask != 0).sum(1).cpu(), batch_first=True, enforce_sorted=False
                )
            )[1][0]
        )
