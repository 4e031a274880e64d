# cause: Zeros are added at the right end only if the batch is shorter than the kernel, so a text without PAD has fewer windows than the same text with PAD.
# function: ConvHead
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    """One score per text from its n-grams: a convolution over the tokens, a second one to a single score, a maximum."""

    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.kernel = kernel
        self.conv1 = nn.Conv1d(hidden, channels, kernel)
        self.conv2 = nn.Conv1d(channels, 1, kernel)

    def _conv(self, conv: nn.Conv1d, x: Tensor, keep: Tensor) -> Tensor:
        x = x * keep[:, None, : x.size(-1)]
        if x.size(-1) < self.kernel:  # too short for even one window
            x = F.pad(x, (0, self.kernel - x.size(-1)))
        return conv(x)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        keep = mask.to(hidden_states.dtype)
        x = F.relu(self._conv(self.conv1, hidden_states.transpose(1, 2), keep))
        x = self._conv(self.conv2, x, keep)
        begins_in_text = mask[:, None, : x.size(-1)] != 0
        return x.masked_fill(~begins_in_text, torch.finfo(x.dtype).min).amax(dim=-1)
