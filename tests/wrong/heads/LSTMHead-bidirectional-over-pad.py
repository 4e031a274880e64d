# cause: Reads in both directions without packing, so the backward direction begins in PAD and carries it into the text.
# function: LSTMHead

import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = units or hidden
        self.bilstm = nn.LSTM(hidden, units, batch_first=True, bidirectional=True)
        self.score = nn.Linear(2 * units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        out, _ = self.bilstm(hidden_states)
        end = mask.sum(dim=1).long() - 1
        last = out[torch.arange(len(out), device=out.device), end]
        return self.score(last)
