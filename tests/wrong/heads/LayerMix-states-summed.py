# cause: The states are added up; the weights are computed and not used.
# function: LayerMix
import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(n_states))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        weights = self.logits.softmax(dim=0)
        return torch.stack(tuple(hidden_states)).sum(0)
