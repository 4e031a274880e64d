# cause: The weights are divided by their sum instead of going through a softmax, so they can be negative or infinite.
# function: LayerMix
import torch
from torch import nn


class LayerMix(nn.Module):
    def __init__(self, n_states):
        super().__init__()
        self.layer_weights = nn.Parameter(torch.tensor([1] * n_states, dtype=torch.float))

    def forward(self, hidden_states):
        all_layer_embedding = torch.stack(list(hidden_states), dim=0)
        weight_factor = self.layer_weights.unsqueeze(-1).unsqueeze(-1).unsqueeze(-1).expand(all_layer_embedding.size())
        return (weight_factor * all_layer_embedding).sum(dim=0) / self.layer_weights.sum()
