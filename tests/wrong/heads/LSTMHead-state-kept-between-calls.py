# cause: the state of the LSTM is kept from call to call as long as the batch size stays the same, so a text's score depends on earlier calls and on its row
# function: LSTMHead
import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        self.n_hid = units or hidden
        self.bs = 0
        self.rnn = nn.LSTM(hidden, self.n_hid, 1, batch_first=True)
        self.decoder = nn.Linear(self.n_hid, 1)

    def _one_hidden(self, like):
        return like.new_zeros(1, self.bs, self.n_hid)

    def reset(self, like):
        self.hidden = (self._one_hidden(like), self._one_hidden(like))

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        bs, sl, _ = hidden_states.shape
        if bs != self.bs:
            self.bs = bs
            self.reset(hidden_states)
        lengths = mask.long().sum(1)
        raw_output = nn.utils.rnn.pack_padded_sequence(
            hidden_states, lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        raw_output, new_h = self.rnn(raw_output, self.hidden)
        output, _ = nn.utils.rnn.pad_packed_sequence(raw_output, batch_first=True)
        self.hidden = tuple(h.detach() for h in new_h)  # to_detach
        return self.decoder(output[torch.arange(bs, device=output.device), lengths - 1])
