# cause: takes the packed LSTM's output at the last real token for both directions; the backward one has read a single word there
# function: BiLSTMHead
import torch
from torch import Tensor, nn


class BiLSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        lengths = mask.long().sum(dim=1)
        packed = nn.utils.rnn.pack_padded_sequence(hidden_states, lengths.cpu(), batch_first=True, enforce_sorted=False)
        states, _ = nn.utils.rnn.pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        rows = torch.arange(len(lengths), device=lengths.device)
        return self.out(states[rows, lengths - 1])
