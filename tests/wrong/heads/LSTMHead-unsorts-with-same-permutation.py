# cause: sorts the texts by length for packing and undoes it with the permutation itself instead of its inverse, which is right for swaps of two rows but not for longer cycles
# function: LSTMHead
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.score = nn.Linear(units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        lengths, order = mask.long().sum(dim=1).sort(descending=True, stable=True)
        packed = pack_padded_sequence(hidden_states[order], lengths.cpu(), batch_first=True)
        _, (h_n, _) = self.lstm(packed)
        last = h_n[-1][order]  # back to the order of the batch
        return self.score(last)
