# cause: takes both directions at the last real token, where the backward one has read a single word
# function: BiLSTMHead
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class BiLSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units, batch_first=True, bidirectional=True)
        self.score = nn.Linear(2 * units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        lengths = mask.long().sum(dim=1)
        packed = pack_padded_sequence(hidden_states, lengths.cpu(), batch_first=True, enforce_sorted=False)
        output, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        rows = torch.arange(output.size(0), device=output.device)
        return self.score(output[rows, lengths - 1])
