# cause: The state after the first token is scored, as one takes [CLS] from BERT; it has read nothing else.
# function: LSTMHead

from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, units, batch_first=True)
        self.line = nn.Linear(units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        out, _ = self.lstm(hidden_states)
        return self.line(out[:, 0])
