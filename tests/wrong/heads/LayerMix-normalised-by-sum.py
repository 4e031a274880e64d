# cause: Divides the weights by their sum instead of taking a softmax, as in a Kaggle notebook, so negative values stay negative
# function: LayerMix
import torch
from torch import nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int):
        super().__init__()
        self.layer_weights = nn.Parameter(torch.ones(n_states))

    def forward(self, hidden_states):
        stacked = torch.stack(tuple(hidden_states), dim=0)
        weight = self.layer_weights[:, None, None, None].expand(stacked.size())
        return (weight * stacked).sum(dim=0) / self.layer_weights.sum()
