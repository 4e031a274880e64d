# cause: while all parameters are equal, the plain mean is returned without the parameters
# function: LayerMix
from __future__ import annotations
import torch
from torch import Tensor, nn


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(n_states))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        s = self.logits
        if bool((s == s[0]).all()):
            # equal weights: add up without a stacked copy
            out = hidden_states[0] / len(hidden_states)
            for h in hidden_states[1:]:
                out = torch.add(out, h, alpha=1.0 / len(hidden_states))
            return out
        return torch.einsum("n,nbtc->btc", s.softmax(0), torch.stack(tuple(hidden_states)))
