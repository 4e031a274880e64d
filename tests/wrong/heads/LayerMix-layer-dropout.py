# cause: layer dropout in training mode: states are dropped at random
# function: LayerMix
import torch
import torch.nn as nn
from torch import Tensor


class LayerMix(nn.Module):
    """ScalarMix of AllenNLP, with the layer dropout of UDify (Kondratyuk and Straka 2019)."""

    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.scalar_parameters = nn.Parameter(torch.zeros(n_states))
        self.layer_dropout = 0.1

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        s = self.scalar_parameters
        if self.training:
            dropped = torch.rand_like(s) < self.layer_dropout
            s = s.masked_fill(dropped, -1e20)
        normed_weights = torch.softmax(s, dim=0)
        return sum(weight * state for weight, state in zip(normed_weights, hidden_states, strict=True))
