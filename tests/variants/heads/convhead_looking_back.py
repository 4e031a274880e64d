"""ConvHead: no Conv1d; each text alone, windows that look back instead of ahead (unfold), two linear layers,
tanh between.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Windows(nn.Module):
    """A convolution as a linear layer on the windows that end at each token."""

    def __init__(self, width: int, features: int, kernel: int) -> None:
        super().__init__()
        self.kernel = kernel
        self.mix = nn.Linear(width * kernel, features)

    def forward(self, text: Tensor) -> Tensor:
        padded = F.pad(text, (0, 0, self.kernel - 1, 0))
        return self.mix(padded.unfold(0, self.kernel, 1).flatten(1))


class ConvHead(nn.Sequential):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__(Windows(hidden, channels, kernel), nn.Tanh(), Windows(channels, 1, kernel))

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        texts = (states[: int(real.sum())] for states, real in zip(hidden_states, mask, strict=False))
        return torch.stack([super(ConvHead, self).forward(text).amax(dim=0) for text in texts])
