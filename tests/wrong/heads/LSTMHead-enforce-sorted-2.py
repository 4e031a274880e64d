# cause: Packs with the default enforce_sorted=True, so a batch that is not sorted by length raises
# function: LSTMHead
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        units = units if units is not None else hidden
        self.lstm = nn.LSTM(input_size=hidden, hidden_size=units, batch_first=True)
        self.linear = nn.Linear(units, 1)

    def forward(self, hidden_states, mask):
        lengths = mask.sum(dim=1).long().cpu()
        packed = pack_padded_sequence(hidden_states, lengths, batch_first=True)
        _, (h, c) = self.lstm(packed)
        return self.linear(h[-1])
