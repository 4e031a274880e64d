# cause: a text shorter than the kernel gets the score 0
# function: ConvHead
import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _check(hidden: Tensor, mask: Tensor) -> Tensor:
    if hidden.dim() != 3:
        raise ValueError(f"expected hidden states (B, T, C), got {tuple(hidden.shape)}")
    if tuple(mask.shape) != tuple(hidden.shape[:2]):
        raise ValueError(f"the mask is {tuple(mask.shape)}, the hidden states are {tuple(hidden.shape)}")
    return mask.to(hidden.device) != 0


def _lengths(real: Tensor) -> Tensor:
    lengths = real.sum(dim=1)
    if int(lengths.min()) < 1:
        raise ValueError("a text without tokens")
    return lengths


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        if kernel < 1 or channels < 1:
            raise ValueError("ConvHead: kernel and channels must be at least 1")
        self.kernel = kernel
        self.conv_in = nn.Conv1d(hidden, channels, kernel)
        self.conv_out = nn.Conv1d(channels, 1, kernel)

    def _convolve(self, conv: nn.Conv1d, x: Tensor, real: Tensor) -> Tensor:
        x = torch.where(real, x, torch.zeros_like(x))
        return conv(F.pad(x, (0, self.kernel - 1)))

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = _check(hidden_states, mask)
        lengths = _lengths(real)
        real = real.unsqueeze(1)
        x = self._convolve(self.conv_in, hidden_states.transpose(1, 2), real)
        x = self._convolve(self.conv_out, F.gelu(x), real)
        scores = x.masked_fill(~real, torch.finfo(x.dtype).min).amax(dim=-1)
        too_short = (lengths < self.kernel).unsqueeze(-1)
        return torch.where(too_short, torch.zeros_like(scores), scores)
