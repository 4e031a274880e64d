# cause: The softmax is taken over parameter times state, so weights differ between texts, tokens and features.
# function: LayerMix
import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.s = nn.Parameter(torch.zeros(n_states))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        stacked = torch.stack(list(hidden_states), dim=0)  # (N, B, T, C)
        s = self.s.reshape(-1, 1, 1, 1)
        # score of every layer
        scores = s * stacked
        # weights: positive, sum to one over the layers
        weights = torch.softmax(scores, dim=0)
        mixed = weights * stacked
        return mixed.sum(dim=0)
