# cause: the forward state is used twice, the backward one not at all
# function: BiLSTMHead
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence


class BiLSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        if units is None:
            units = hidden
        self.lstm = nn.LSTM(hidden, units, batch_first=True, bidirectional=True)
        self.score = nn.Linear(2 * units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        lengths = mask.sum(dim=1).long().cpu()
        packed = pack_padded_sequence(hidden_states, lengths, batch_first=True, enforce_sorted=False)
        _, (h, _) = self.lstm(packed)
        forward = h[0]
        backward = h[0]
        return self.score(torch.cat([forward, backward], dim=1))
