# cause: PAD is set to zero instead of packed, but an LSTM's state moves on zero inputs too, so the backward direction depends on the number of PAD positions.
# function: BiLSTMHead
import torch
from torch import Tensor, nn


class BiLSTMHead(nn.Module):
    """One score per text from an LSTM that reads it in both directions, and a linear layer over the two final states."""

    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        self.units = units if units is not None else hidden
        self.lstm = nn.LSTM(hidden, self.units, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * self.units, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        # Zeros carry no information, so the padding cannot influence the states.
        clean = hidden_states * mask.unsqueeze(-1).to(hidden_states.dtype)
        states, _ = self.lstm(clean)
        last = mask.long().sum(dim=1) - 1
        rows = torch.arange(len(states), device=states.device)
        forward = states[rows, last, : self.units]
        backward = states[:, 0, self.units :]
        return self.out(torch.cat([forward, backward], dim=-1))
