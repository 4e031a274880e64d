# cause: The states are averaged over all positions, those of padding being zero.
# function: BiLSTMHead
from torch import Tensor, nn


class BiLSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        size = hidden if units is None else units
        self.readers = nn.LSTM(hidden, size, batch_first=True, bidirectional=True)
        self.line = nn.Linear(2 * size, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        lengths = (mask != 0).sum(dim=1).cpu()
        packed = nn.utils.rnn.pack_padded_sequence(hidden_states, lengths, batch_first=True, enforce_sorted=False)
        states, _ = nn.utils.rnn.pad_packed_sequence(
            self.readers(packed)[0], batch_first=True, total_length=hidden_states.shape[1]
        )
        return self.line(states.mean(dim=1))
