# cause: also feeds the raw hidden state of the last real token to the linear layer, so the score is no longer bounded
# function: LSTMHead
import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.score = nn.Linear(units + hidden, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        output, _ = self.lstm(hidden_states)
        rows = torch.arange(hidden_states.size(0), device=hidden_states.device)
        last = mask.long().sum(dim=1) - 1
        features = torch.cat([output[rows, last], hidden_states[rows, last]], dim=-1)
        return self.score(features)
