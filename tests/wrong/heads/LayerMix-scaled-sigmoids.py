# cause: The weights are 2 / N times a sigmoid, so they do not sum to 1 after training.
# function: LayerMix
import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.n_states = n_states
        self.w = nn.Parameter(torch.zeros(n_states))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        weights = torch.sigmoid(self.w)  # positive
        weights = weights * 2 / self.n_states  # sigmoid(0) is 0.5
        mixed = torch.zeros_like(hidden_states[0])
        for weight, state in zip(weights, hidden_states):
            mixed = mixed + weight * state
        return mixed
