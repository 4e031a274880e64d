"""KernelsHead writes its windows out and has a linear layer for every kernel; only windows inside the text, if any."""

import torch
from torch import nn


class KernelsHead(nn.Module):
    def __init__(self, hidden, channels=128, kernels=(2, 3, 4)):
        super().__init__()
        self.kernels = tuple(kernels)
        for place, kernel in enumerate(self.kernels):
            self.add_module(f"conv{place}", nn.Linear(hidden * kernel, channels))
        self.final = nn.Linear(channels * len(self.kernels), 1)

    def forward(self, hidden_states, mask):
        scores = []
        for states, keep in zip(hidden_states, mask, strict=True):
            words = states[keep != 0]
            found = []
            for place, kernel in enumerate(self.kernels):
                padded = torch.cat([words, words.new_zeros(max(0, kernel - len(words)), words.shape[1])])
                windows = padded.unfold(0, kernel, 1).flatten(1)
                found.append(getattr(self, f"conv{place}")(windows).relu().max(0).values)
            scores.append(self.final(torch.cat(found)))
        return torch.stack(scores)
