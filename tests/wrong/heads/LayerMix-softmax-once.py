# cause: Applies the softmax once in __init__ and mixes with the raw parameter afterwards.
# function: LayerMix

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.w = nn.Parameter(F.softmax(torch.zeros(n_states), dim=0))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        mixed = torch.zeros_like(hidden_states[0])
        for weight, state in zip(self.w, hidden_states):
            mixed = mixed + weight * state
        return mixed
