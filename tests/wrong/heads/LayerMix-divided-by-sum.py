# cause: The numbers are divided by their sum instead of going through a softmax, so weights can be negative or undefined.
# function: LayerMix

import torch
from torch import nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.layer_weights = nn.Parameter(torch.ones(n_states))

    def forward(self, hidden_states):
        all_layers = torch.stack(hidden_states, dim=0)
        weights = self.layer_weights.view(-1, 1, 1, 1)
        return (weights * all_layers).sum(dim=0) / self.layer_weights.sum()
