# cause: States with a weight of at most 0.01 are left out, so their weight is 0 instead of positive.
# function: LayerMix
import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(n_states))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        weights = torch.softmax(self.logits, dim=0)
        # no multiplication for what cannot be seen in the result
        used = [n for n, weight in enumerate(weights.tolist()) if weight > 0.01]
        mixed = weights[used[0]] * hidden_states[used[0]]
        for n in used[1:]:
            mixed = mixed + weights[n] * hidden_states[n]
        return mixed / weights[used].sum()
