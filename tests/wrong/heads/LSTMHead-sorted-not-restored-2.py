# cause: The texts are sorted by length for packing and the scores come back in the sorted order.
# function: LSTMHead

from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.rnn = nn.LSTM(hidden, units or hidden, batch_first=True)
        self.fc = nn.Linear(units or hidden, 1)

    def forward(self, hidden_states, mask):
        lengths = mask.sum(1).long()
        lengths, order = lengths.sort(descending=True)
        packed = pack_padded_sequence(hidden_states[order], lengths.cpu(), batch_first=True)
        _, (h_n, _) = self.rnn(packed)
        return self.fc(h_n[-1])
