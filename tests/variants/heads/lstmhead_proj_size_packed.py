"""LSTMHead: two layers with proj_size, the cell four times as wide as the state, over a packed sequence."""

from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = units or hidden
        self.lstm = nn.LSTM(hidden, 4 * units, num_layers=2, proj_size=units, batch_first=True)
        self.out = nn.Linear(units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        lengths = mask.long().sum(dim=1).cpu()
        packed = pack_padded_sequence(hidden_states, lengths, batch_first=True, enforce_sorted=False)
        _, (h_n, _) = self.lstm(packed)
        return self.out(h_n[-1])
