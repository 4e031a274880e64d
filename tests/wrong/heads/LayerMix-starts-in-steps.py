# cause: The numbers start at 0, 1, 2 and so on, so later layers count more.
# function: LayerMix
import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.arange(n_states).float())

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        weights = self.logits.softmax(dim=0)
        return torch.einsum("n,nbtc->btc", weights, torch.stack(tuple(hidden_states)))
