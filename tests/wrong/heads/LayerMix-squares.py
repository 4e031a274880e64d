# cause: the weights are squares over their sum: a parameter of zero gives a weight of zero, and all zeros give NaN
# function: LayerMix
import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.ones(n_states))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        squares = self.w.square()
        weights = squares / squares.sum()
        return sum(weight * state for weight, state in zip(weights, hidden_states, strict=True))
