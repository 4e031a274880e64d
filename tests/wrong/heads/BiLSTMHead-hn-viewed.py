# cause: Turns h_n (2, B, units) into (B, 2 * units) with view, which mixes the texts of the batch
# function: BiLSTMHead
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence


class BiLSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.u = hidden if units is None else units
        self.rnn = nn.LSTM(hidden, self.u, num_layers=1, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * self.u, 1)

    def forward(self, hidden_states, mask):
        lengths = mask.sum(-1).long().cpu()
        x = pack_padded_sequence(hidden_states, lengths, batch_first=True, enforce_sorted=False)
        h_n = self.rnn(x)[1][0]
        return self.head(h_n.reshape(hidden_states.shape[0], -1))
