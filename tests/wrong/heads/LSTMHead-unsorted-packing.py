# cause: pack_padded_sequence is called on unsorted lengths without enforce_sorted=False, which raises a RuntimeError.
# function: LSTMHead
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence


class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.lstm = nn.LSTM(hidden, units or hidden, batch_first=True)
        self.score = nn.Linear(units or hidden, 1)

    def forward(self, hidden_states, mask):
        lens = mask.sum(dim=1)
        packed = pack_padded_sequence(hidden_states, lens.tolist(), batch_first=True)
        _, (h_n, c_n) = self.lstm(packed)
        return self.score(h_n[-1])
