"""A convolution of its own: windows cut out with unfold, weights applied with einsum; the second layer is pointwise."""

import torch
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.kernel = kernel
        self.weight = nn.Parameter(torch.randn(channels, hidden, kernel) / hidden)
        self.bias = nn.Parameter(torch.zeros(channels))
        self.out = nn.Linear(channels, 1)

    def forward(self, hidden_states, mask):
        states = hidden_states * mask.unsqueeze(-1)
        states = torch.cat([states, states.new_zeros(len(states), self.kernel - 1, states.shape[2])], dim=1)
        windows = states.unfold(1, self.kernel, 1)
        features = torch.einsum("btck,fck->btf", windows, self.weight) + self.bias
        scores = self.out(features.tanh())[..., 0]
        return torch.where(mask == 1, scores, -torch.inf).max(dim=1, keepdim=True).values
