# cause: The scale gamma of ELMo's formula is trained too, so there are N + 1 numbers and the weights do not sum to one.
# function: LayerMix

import torch
from torch import nn


class LayerMix(nn.Module):
    def __init__(self, n_states):
        super().__init__()
        self.scalars = nn.Parameter(torch.zeros(n_states))
        self.gamma = nn.Parameter(torch.tensor(1.0))

    def forward(self, hidden_states):
        weights = torch.softmax(self.scalars, dim=0)
        mixed = sum(w * h for w, h in zip(weights, hidden_states))
        return self.gamma * mixed
