# cause: a bidirectional LSTM over the padded batch: its backward direction has read all PAD positions before the last real token
# function: LSTMHead
import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        states, _ = self.lstm(hidden_states)
        last = mask.long().sum(dim=1) - 1
        rows = torch.arange(len(last), device=last.device)
        return self.out(states[rows, last])
