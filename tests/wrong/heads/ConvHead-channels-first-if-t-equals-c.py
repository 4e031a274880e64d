# cause: Input is taken for channels first, and not transposed, whenever the number of positions T equals C.
# function: ConvHead
from collections.abc import Callable
import torch
import torch.nn.functional as F
from torch import Tensor, nn


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"relu": F.relu, "gelu": F.gelu, "tanh": torch.tanh}


class ConvHead(nn.Module):
    """Two convolutions with any activation; tokens first or channels first."""

    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2, activation: str = "relu") -> None:
        super().__init__()
        self.hidden = hidden
        self.kernel = kernel
        self.activation = ACTIVATIONS[activation]
        self.layers = nn.ModuleList([nn.Conv1d(hidden, channels, kernel), nn.Conv1d(channels, 1, kernel)])

    def _channels_first(self, x: Tensor) -> Tensor:
        """Bring the width of the encoder to axis 1, where Conv1d wants it."""
        return x if x.shape[1] == self.hidden else x.transpose(1, 2)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        padding = (mask == 0).unsqueeze(1)
        x = self._channels_first(hidden_states)
        for number, layer in enumerate(self.layers):
            if number:
                x = self.activation(x)
            x = layer(F.pad(x.masked_fill(padding, 0), (0, self.kernel - 1)))
        return x.masked_fill(padding, torch.finfo(x.dtype).min).amax(dim=-1)
