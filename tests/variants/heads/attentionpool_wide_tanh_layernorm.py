"""AttentionPool: a scorer of three layers, 1024 and 512 wide, with LayerNorm and Tanh and Xavier initialisation."""

import torch
from torch import Tensor, nn


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.scorer = nn.Sequential(
            nn.Linear(hidden, 1024),
            nn.LayerNorm(1024),
            nn.Tanh(),
            nn.Linear(1024, 512),
            nn.Tanh(),
            nn.Linear(512, 1, bias=False),
        )
        self.apply(self._init)

    @staticmethod
    def _init(module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight, gain=5 / 3)
            if module.bias is not None:
                nn.init.zeros_(module.bias)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        scores = self.scorer(hidden_states)
        scores = scores.masked_fill(mask.unsqueeze(-1) == 0, float("-inf"))
        weights = torch.softmax(scores, dim=1)
        return (weights * hidden_states).sum(dim=1)
