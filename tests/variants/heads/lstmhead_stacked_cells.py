"""LSTMHead: two LSTMCells in a ModuleList run step by step, forget biases of one, and the states of real steps
are stacked.
"""

import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = hidden if units is None else units
        self.cells = nn.ModuleList([nn.LSTMCell(hidden, units), nn.LSTMCell(units, units)])
        self.fc = nn.Linear(units, 1)
        for cell in self.cells:
            nn.init.orthogonal_(cell.weight_hh)
            nn.init.xavier_normal_(cell.weight_ih)
            nn.init.zeros_(cell.bias_hh)
            nn.init.zeros_(cell.bias_ih)
            with torch.no_grad():
                cell.bias_ih[units : 2 * units] = 1.0

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        states: list[tuple[Tensor, Tensor] | None] = [None] * len(self.cells)
        tops = []
        for x in hidden_states.unbind(dim=1):
            for index, cell in enumerate(self.cells):
                states[index] = cell(x, states[index])
                x = states[index][0]
            tops.append(x)
        outputs = torch.stack(tops, dim=1)
        last = mask.long().sum(dim=1) - 1
        final = outputs[torch.arange(outputs.shape[0], device=outputs.device), last]
        return self.fc(final)
