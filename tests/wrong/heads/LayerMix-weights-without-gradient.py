# cause: The softmax works on .data of the parameter, so the numbers never get a gradient; and: the weighted states are averaged once more, so the weights sum to 1 / N.
# function: LayerMix

import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.layer_weights = nn.Parameter(torch.zeros(n_states))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        weights = torch.softmax(self.layer_weights.data, dim=0)
        weighted = torch.stack([w * h for w, h in zip(weights, hidden_states)], dim=0)
        return weighted.mean(dim=0)
