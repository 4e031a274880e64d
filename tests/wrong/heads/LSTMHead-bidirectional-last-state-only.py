# cause: Of a packed bidirectional LSTM only h[-1] is used, the backward state after the first token; the forward direction is dropped, so some weights get no gradient.
# function: LSTMHead
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        units = hidden if units is None else units
        self.bilstm = nn.LSTM(hidden, units, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(units, 1)

    def forward(self, hidden_states, mask):
        packed = pack_padded_sequence(hidden_states, mask.sum(1).cpu(), batch_first=True, enforce_sorted=False)
        _, (h, _) = self.bilstm(packed)
        return self.fc(h[-1])
