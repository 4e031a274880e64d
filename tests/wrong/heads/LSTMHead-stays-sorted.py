# cause: The texts are sorted by length for packing, and the scores are returned in the sorted order.
# function: LSTMHead
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence


class LSTMHead(nn.Module):
    """One score per text from an LSTM that reads it word by word: a linear layer on the state at the last REAL token."""

    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.regressor = nn.Linear(units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        lengths = mask.long().sum(dim=1).cpu()
        lengths, order = torch.sort(lengths, descending=True)
        packed = pack_padded_sequence(hidden_states[order.to(hidden_states.device)], lengths, batch_first=True)
        _, (h_n, _) = self.lstm(packed)
        return self.regressor(h_n[-1])
