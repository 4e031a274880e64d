# cause: Looks for the first PAD with argmax, which is 0 in a text without PAD, so a full text is scored after its first token.
# function: LSTMHead

import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        self.lstm = nn.LSTM(hidden, hidden if units is None else units, batch_first=True)
        self.linear = nn.Linear(self.lstm.hidden_size, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        out, _ = self.lstm(hidden_states)
        last = ((mask == 0).int().argmax(dim=1) - 1).clamp(min=0)
        return self.linear(torch.stack([out[b, t] for b, t in enumerate(last.tolist())]))
