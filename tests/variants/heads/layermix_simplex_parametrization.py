"""LayerMix: the weights are a parametrized tensor that a softmax with a fixed temperature in a buffer puts on
the simplex.
"""

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize


class _Simplex(nn.Module):
    temperature: Tensor

    def __init__(self, temperature: float) -> None:
        super().__init__()
        self.register_buffer("temperature", torch.tensor(temperature))

    def forward(self, logits: Tensor) -> Tensor:
        return torch.softmax(logits / self.temperature, dim=0)


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.zeros(n_states))
        parametrize.register_parametrization(self, "weights", _Simplex(2.0))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        return torch.einsum("n,nbtc->btc", self.weights, torch.stack(list(hidden_states), dim=0))
