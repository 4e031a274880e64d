# cause: Normalises by dividing by the sum (the WeightedLayerPooling of Kaggle), which leaves negative weights and divides by zero.
# function: LayerMix

import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.layer_weights = nn.Parameter(torch.tensor([1] * n_states, dtype=torch.float))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        all_layer_embedding = torch.stack(tuple(hidden_states), dim=0)
        weight_factor = self.layer_weights.unsqueeze(-1).unsqueeze(-1).unsqueeze(-1)
        weight_factor = weight_factor.expand(all_layer_embedding.size())
        return (weight_factor * all_layer_embedding).sum(dim=0) / self.layer_weights.sum()
