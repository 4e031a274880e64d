# cause: after sorting by length, the states are put back with order instead of its inverse
# function: BiLSTMHead
from __future__ import annotations
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence


class BiLSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units, batch_first=True, bidirectional=True)
        self.score = nn.Linear(2 * units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        lengths, order = (mask != 0).sum(1).sort(descending=True)
        longest = int(lengths[0])
        packed = pack_padded_sequence(hidden_states[order, :longest], lengths.cpu(), batch_first=True)
        _, (h, _) = self.lstm(packed)
        states = torch.cat((h[0], h[1]), dim=-1)
        return self.score(states[order])
