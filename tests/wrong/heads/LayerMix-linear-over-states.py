# cause: A linear layer over the states mixes them, so its weights need not be positive or sum to 1, and a bias is trained on top.
# function: LayerMix
import torch
from torch import nn


class LayerMix(nn.Module):
    def __init__(self, n_states):
        super().__init__()
        self.mix = nn.Linear(n_states, 1)
        nn.init.constant_(self.mix.weight, 1.0 / n_states)
        nn.init.zeros_(self.mix.bias)

    def forward(self, hidden_states):
        x = torch.stack(hidden_states, dim=-1)
        return self.mix(x).squeeze(-1)
