# cause: "Fast normalised fusion" (ReLU, then divide by the sum) replaces the softmax: a negative parameter gets weight 0, and if none is positive the weights do not sum to 1.
# function: LayerMix
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LayerMix(nn.Module):
    """A weighted average over the states of an encoder, with learned weights: one number per state."""

    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.ones(n_states))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        w = F.relu(self.weights)  # keeps the weights positive
        w = w / (w.sum() + 1e-12)
        stacked = torch.stack(tuple(hidden_states), dim=0)
        return (w.view(-1, 1, 1, 1) * stacked).sum(dim=0)
