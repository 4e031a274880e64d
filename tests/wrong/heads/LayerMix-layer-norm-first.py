# cause: Every state is normalised before the mix, the option do_layer_norm of ELMo, so it is no average of the states any more.
# function: LayerMix

import torch
import torch.nn.functional as F
from torch import nn


class LayerMix(nn.Module):
    def __init__(self, n_states):
        super().__init__()
        self.scalars = nn.ParameterList([nn.Parameter(torch.zeros(1)) for _ in range(n_states)])

    def forward(self, hidden_states):
        weights = torch.softmax(torch.cat(list(self.scalars)), dim=0)
        mixed = torch.zeros_like(hidden_states[0])
        for weight, state in zip(weights, hidden_states):
            mixed = mixed + weight * F.layer_norm(state, state.shape[-1:])
        return mixed
