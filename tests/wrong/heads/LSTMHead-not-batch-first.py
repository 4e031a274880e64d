# cause: Forgets batch_first=True, so the LSTM reads along the texts of the batch and not along the tokens.
# function: LSTMHead

import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        self.units = units if units is not None else hidden
        self.rnn = nn.LSTM(input_size=hidden, hidden_size=self.units)
        self.fc = nn.Linear(self.units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        outputs = self.rnn(hidden_states)[0]
        last = mask.long().sum(dim=1) - 1
        rows = torch.arange(outputs.size(0), device=outputs.device)
        return self.fc(outputs[rows, last])
