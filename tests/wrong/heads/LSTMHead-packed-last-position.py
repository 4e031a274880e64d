# cause: After pad_packed_sequence the last position is read, which is filled with zeros for every text shorter than the longest.
# function: LSTMHead

from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        self.lstm = nn.LSTM(hidden, units or hidden, batch_first=True)
        self.linear = nn.Linear(units or hidden, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        lengths = mask.long().sum(1).to("cpu")
        packed = pack_padded_sequence(hidden_states, lengths, batch_first=True, enforce_sorted=False)
        out, _ = self.lstm(packed)
        out, _ = pad_packed_sequence(out, batch_first=True)
        return self.linear(out[:, -1, :])
