"""KernelsHead convolves in two dimensions, as Kim's first programs did, with a parameter dictionary of layers."""

import torch
import torch.nn.functional as F
from torch import nn


class KernelsHead(nn.Module):
    def __init__(self, hidden, channels=128, kernels=(2, 3, 4)):
        super().__init__()
        self.sizes = list(kernels)
        layers = (nn.Conv2d(1, channels, (k, hidden)) for k in self.sizes)
        self.layers = nn.ModuleDict({f"layer {place}": layer for place, layer in enumerate(layers)})
        self.classify = nn.Linear(len(self.sizes) * channels, 1)

    def forward(self, hidden_states, mask):
        real = mask.bool()
        text = torch.where(real.unsqueeze(-1), hidden_states, torch.zeros_like(hidden_states))
        pooled = []
        for size, layer in zip(self.sizes, self.layers.values(), strict=True):
            taller = torch.cat([text, text.new_zeros(len(text), size - 1, text.shape[2])], dim=1)
            answers = F.relu(layer(taller.unsqueeze(1)).squeeze(3)) * real.unsqueeze(1)
            pooled.append(F.max_pool1d(answers, answers.shape[2]).squeeze(2))
        return self.classify(torch.cat(pooled, dim=1))
