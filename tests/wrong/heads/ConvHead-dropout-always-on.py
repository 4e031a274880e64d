# cause: F.dropout is called without its training argument, so it drops features in evaluation too and the scores are random.
# function: ConvHead

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.kernel = kernel
        self.first = nn.Conv1d(in_channels=hidden, out_channels=channels, kernel_size=kernel)
        self.second = nn.Conv1d(in_channels=channels, out_channels=1, kernel_size=kernel)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask[:, None, :].bool()
        zero = torch.zeros((), dtype=hidden_states.dtype, device=hidden_states.device)
        x = torch.where(real, hidden_states.permute(0, 2, 1), zero)
        x = F.gelu(self.first(F.pad(x, (0, self.kernel - 1))))
        x = F.dropout(x, p=0.1)
        x = torch.where(real, x, zero)
        scores = self.second(F.pad(x, (0, self.kernel - 1)))
        return torch.where(real, scores, float("-inf")).max(dim=-1).values
