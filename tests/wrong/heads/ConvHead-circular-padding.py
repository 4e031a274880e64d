# cause: circular padding: the last windows of a text that fills the batch wrap around to its beginning, those of a padded text read zeros, so the number of PAD positions changes the score (and texts much shorter than a large kernel raise an error)
# function: ConvHead
import torch
from torch import Tensor, nn


class ConvHead(nn.Module):
    """Two convolutions that commute with (cyclic) translations, and an invariant: the maximum."""

    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        options = {"padding": "same", "padding_mode": "circular"}
        self.inner = nn.Conv1d(hidden, channels, kernel, **options)
        self.outer = nn.Conv1d(channels, 1, kernel, **options)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = (mask != 0).unsqueeze(1)
        x = torch.where(real, hidden_states.mT, 0.0)
        x = torch.where(real, torch.tanh(self.inner(x)), 0.0)
        return torch.where(real, self.outer(x), -torch.inf).amax(dim=2)
