# cause: Sorts the texts by length for packing and never puts the scores back in the original order.
# function: LSTMHead

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        if units is None:
            units = hidden
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.fc = nn.Linear(units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        lengths = mask.sum(dim=1)
        lengths, perm = lengths.sort(descending=True)
        packed = pack_padded_sequence(hidden_states[perm], lengths.cpu(), batch_first=True)
        _, (h_n, _) = self.lstm(packed)
        return self.fc(h_n.squeeze(0))
