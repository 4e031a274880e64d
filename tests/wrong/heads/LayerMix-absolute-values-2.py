# cause: normalises absolute values instead of taking a softmax, so a parameter of 0 has weight 0 and all zeros give nan
# function: LayerMix
import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.ones(n_states))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        weights = self.weights.abs() / self.weights.abs().sum()
        stacked = torch.stack(tuple(hidden_states), dim=0)
        return (weights.view(-1, 1, 1, 1) * stacked).sum(dim=0)
