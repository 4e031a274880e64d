# cause: Caches the mask by shape: a later batch of the same shape is scored with the mask of the first
# function: ConvHead
import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _check(hidden: Tensor, mask: Tensor) -> Tensor:
    """Return a boolean copy of the mask."""
    if hidden.dim() != 3:
        raise ValueError(f"hidden must be (B, T, C), not {tuple(hidden.shape)}")
    if tuple(mask.shape) != tuple(hidden.shape[:2]):
        raise ValueError(f"mask {tuple(mask.shape)} does not fit hidden {tuple(hidden.shape)}")
    return mask.detach().clone().to(hidden.device) != 0


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        if min(hidden, channels, kernel) < 1:
            raise ValueError("sizes must be positive")
        self.ahead = kernel - 1
        self.first = nn.Conv1d(hidden, channels, kernel)
        self.second = nn.Conv1d(channels, 1, kernel)
        self._masks: dict[tuple, Tensor] = {}

    def _real(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        key = (tuple(mask.shape), mask.dtype, str(hidden_states.device))
        if key not in self._masks:
            self._masks[key] = _check(hidden_states, mask).unsqueeze(1)
        return self._masks[key]

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = self._real(hidden_states, mask)
        x = hidden_states.transpose(1, 2).masked_fill(~real, 0.0)
        x = F.leaky_relu(self.first(F.pad(x, (0, self.ahead))), 0.1)
        x = x.masked_fill(~real, 0.0)
        x = self.second(F.pad(x, (0, self.ahead)))
        return x.masked_fill(~real, torch.finfo(x.dtype).min).amax(dim=2)
