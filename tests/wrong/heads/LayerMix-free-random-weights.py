# cause: Mixes with raw numbers that are not normalised to positive weights with sum 1; and: draws them at random at the start.
# function: LayerMix

import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.rand(n_states))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        return torch.tensordot(self.weight, torch.stack(tuple(hidden_states)), dims=1)
