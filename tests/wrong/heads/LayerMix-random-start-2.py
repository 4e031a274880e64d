# cause: Draws the weights at random at the start, so that the mix does not begin as the plain average.
# function: LayerMix

import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.scores = nn.Parameter(torch.randn(n_states))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        w = self.scores.softmax(0)
        return sum(w_i * h for w_i, h in zip(w, hidden_states))
