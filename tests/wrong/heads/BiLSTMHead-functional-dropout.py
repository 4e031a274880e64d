# cause: F.dropout, which is active in evaluation mode too, stands between the states and the linear layer
# function: BiLSTMHead
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence
import torch
import torch.nn.functional as F


class BiLSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = units or hidden
        self.lstm = nn.LSTM(hidden, units, batch_first=True, bidirectional=True)
        self.score = nn.Linear(2 * units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        lengths = mask.sum(dim=1).cpu()
        packed = pack_padded_sequence(hidden_states, lengths, batch_first=True, enforce_sorted=False)
        _, (states, _) = self.lstm(packed)
        features = F.dropout(torch.hstack(states.unbind(0)), p=0.1)
        return self.score(features)
