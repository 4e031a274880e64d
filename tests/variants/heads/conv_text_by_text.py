"""The blog's geometry, zeros at both ends and so L + 2 windows; each text by itself, without its padding."""

import torch
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(hidden, channels, kernel, padding=kernel - 1),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Conv1d(channels, 1, kernel, padding=kernel - 1),
        )

    def forward(self, hidden_states, mask):
        scores = [self.layers(states[keep].T).max() for states, keep in zip(hidden_states, mask.bool(), strict=True)]
        return torch.stack(scores)[:, None]
