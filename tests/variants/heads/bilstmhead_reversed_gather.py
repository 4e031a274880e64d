"""BiLSTMHead: two separate LSTMs, the second one on each text reversed by an index, and both read off at the
last real token.
"""

import torch
from torch import Tensor, nn


class BiLSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = hidden if units is None else units
        self.directions = nn.ModuleList([nn.LSTM(hidden, units, batch_first=True) for _ in range(2)])
        self.weight = nn.Parameter(torch.empty(2, units))
        self.bias = nn.Parameter(torch.zeros(1))
        nn.init.normal_(self.weight, std=(2 * units) ** -0.5)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        lengths = mask.long().sum(dim=1, keepdim=True)
        steps = torch.arange(mask.shape[1], device=mask.device)
        mirrored = torch.where(steps < lengths, lengths - 1 - steps, steps)
        reversed_states = torch.take_along_dim(hidden_states, mirrored.unsqueeze(-1), dim=1)
        finals = []
        for lstm, states in zip(self.directions, (hidden_states, reversed_states), strict=False):
            outputs, _ = lstm(states)
            finals.append(torch.take_along_dim(outputs, (lengths - 1).unsqueeze(-1), dim=1).squeeze(1))
        return torch.einsum("dbu,du->b", torch.stack(finals), self.weight).unsqueeze(-1) + self.bias
