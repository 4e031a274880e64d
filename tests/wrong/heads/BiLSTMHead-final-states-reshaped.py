# cause: The final states, directions first, are reshaped to one row per text without moving the batch forward, so states of different texts are put together.
# function: BiLSTMHead

from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence


class BiLSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, self.units, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(self.units * 2, 1)

    def forward(self, hidden_states, mask):
        batch_size = hidden_states.size(0)
        lengths = mask.sum(dim=1).long().cpu()
        packed = pack_padded_sequence(hidden_states, lengths, batch_first=True, enforce_sorted=False)
        _, (h_n, _) = self.lstm(packed)
        h_n = h_n.reshape(batch_size, 2 * self.units)
        return self.fc(h_n)
