# cause: Packs without enforce_sorted=False, so it raises unless the texts come sorted by length.
# function: LSTMHead

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.regressor = nn.Linear(units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        lengths = mask.sum(1).cpu()
        packed = pack_padded_sequence(hidden_states, lengths, batch_first=True)
        _, (h, _) = self.lstm(packed)
        return self.regressor(h[-1])
