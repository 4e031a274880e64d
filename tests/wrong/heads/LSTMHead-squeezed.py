# cause: The last dimension of the score is squeezed away, so the result is (B,) and not (B, 1).
# function: LSTMHead

import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.line = nn.Linear(units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        out, _ = self.lstm(hidden_states)
        last = mask.long().sum(dim=1) - 1
        rows = torch.arange(out.size(0), device=out.device)
        return self.line(out[rows, last]).squeeze(-1)
