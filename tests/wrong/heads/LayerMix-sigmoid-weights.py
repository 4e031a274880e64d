# cause: Each weight goes through a sigmoid of its own, so the weights do not sum to 1.
# function: LayerMix
import torch
from torch import nn


class LayerMix(nn.Module):
    def __init__(self, n_states):
        super().__init__()
        self.logit = nn.Parameter(torch.zeros(n_states))

    def forward(self, hidden_states):
        gates = torch.sigmoid(self.logit)
        return torch.einsum("n,nbtc->btc", gates, torch.stack(hidden_states))
