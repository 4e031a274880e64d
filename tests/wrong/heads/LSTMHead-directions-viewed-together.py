# cause: The final states (2, B, U) of both directions are brought to (B, 2U) with view instead of a transposition, which mixes the texts.
# function: LSTMHead

from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        if units is None:
            units = hidden
        self.units = units
        self.lstm = nn.LSTM(hidden, units, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * units, 1)

    def forward(self, hidden_states, mask):
        lengths = mask.long().sum(1).cpu()
        packed = pack_padded_sequence(hidden_states, lengths, batch_first=True, enforce_sorted=False)
        _, (h_n, _) = self.lstm(packed)
        h = h_n.view(hidden_states.size(0), 2 * self.units)
        return self.out(h)
