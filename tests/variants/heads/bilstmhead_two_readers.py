"""BiLSTMHead: two one-way LSTMs, the second on the reversed text, each with a linear layer of its own; only one
has the bias.
"""

import torch
from torch import Tensor, nn


class BiLSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        units = units or hidden
        self.readers = nn.ModuleList(nn.LSTM(hidden, units) for _ in "><")
        self.scores = nn.ModuleList(nn.Linear(units, 1, bias=bias) for bias in (True, False))

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        lengths = mask.long().sum(dim=1)
        texts = torch.arange(len(lengths), device=mask.device)
        places = torch.arange(mask.shape[1], device=mask.device)[:, None]
        last = lengths - 1
        words = torch.where(mask.bool()[:, :, None], hidden_states, 0.0)
        orders = (places.expand(-1, len(lengths)), (last - places).clamp(min=0))
        return sum(
            score(reader(words[texts, order])[0][last, texts])
            for reader, score, order in zip(self.readers, self.scores, orders, strict=False)
        )
