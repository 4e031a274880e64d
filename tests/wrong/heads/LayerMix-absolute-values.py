# cause: The weights are |w| / sum |w| instead of a softmax, so the sign is lost and a number of 0 gives the weight 0.
# function: LayerMix

import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.ones(n_states))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        weights = self.w.abs() / self.w.abs().sum()
        return torch.einsum("n,nbtc->btc", weights, torch.stack(hidden_states))
