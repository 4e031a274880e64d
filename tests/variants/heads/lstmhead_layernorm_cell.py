"""LSTMHead: a hand-written LSTM with LayerNorm on both projections of the gates, and the state frozen after the
last word.
"""

import torch
from torch import Tensor, nn


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = hidden if units is None else units
        self.units = units
        self.input = nn.Linear(hidden, 4 * units, bias=False)
        self.recurrent = nn.Linear(units, 4 * units, bias=False)
        self.norm_input = nn.LayerNorm(4 * units)
        self.norm_recurrent = nn.LayerNorm(4 * units, bias=False)
        self.score = nn.Linear(units, 1)
        nn.init.orthogonal_(self.recurrent.weight)
        with torch.no_grad():
            self.norm_input.bias[units : 2 * units].fill_(1.0)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool()
        x = hidden_states.masked_fill(~real.unsqueeze(-1), 0.0)
        projected = self.norm_input(self.input(x))
        h = x.new_zeros(x.shape[0], self.units)
        c = torch.zeros_like(h)
        for step in range(x.shape[1]):
            i, f, g, o = (projected[:, step] + self.norm_recurrent(self.recurrent(h))).chunk(4, dim=-1)
            new_c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            new_h = o.sigmoid() * new_c.tanh()
            here = real[:, step].unsqueeze(-1)
            c = torch.where(here, new_c, c)
            h = torch.where(here, new_h, h)
        return self.score(h)
