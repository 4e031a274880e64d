"""Conv2d whose kernel is as wide as the encoder; batch normalisation behind it, harmless in evaluation mode."""

import torch.nn.functional as F
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.conv = nn.Conv2d(1, channels, (kernel, hidden))
        self.norm = nn.BatchNorm1d(channels)
        self.out = nn.Linear(channels, 1)

    def forward(self, hidden_states, mask):
        ahead = self.conv.kernel_size[0] - 1
        image = F.pad(hidden_states * (mask != 0)[..., None], (0, 0, 0, ahead))[:, None]
        features = self.norm(self.conv(image).squeeze(3)).relu()
        return self.out((features - 1e30 * (1 - mask[:, None])).max(2).values)
