# cause: Nothing is packed: the forward direction is read at the last token, but the backward one starts in the padding.
# function: BiLSTMHead
import torch
from torch import Tensor, nn


class BiLSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        size = hidden if units is None else units
        self.readers = nn.LSTM(hidden, size, batch_first=True, bidirectional=True)
        self.line = nn.Linear(2 * size, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        lengths = (mask != 0).sum(dim=1).cpu()
        packed = hidden_states
        states, _ = self.readers(packed)
        n = states.shape[2] // 2
        ends = torch.stack([states[torch.arange(len(lengths)), lengths - 1, :n], states[:, 0, n:]])
        return self.line(torch.cat([ends[0], ends[1]], dim=1))
