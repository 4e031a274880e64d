"""ConvHead: a conformer's convolution module, pointwise GLU, depthwise convolution, LayerNorm, SiLU, pointwise,
residual.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        width = 4 * channels
        self.left, self.right = (kernel - 1) // 2, kernel - 1 - (kernel - 1) // 2
        self.pointwise_in = nn.Linear(hidden, 2 * width)
        self.depthwise = nn.Conv1d(width, width, kernel, groups=width)
        self.norm = nn.LayerNorm(width)
        self.pointwise_out = nn.Linear(width, width)
        self.score = nn.Conv1d(width, 1, kernel)

    def _conv(self, conv: nn.Conv1d, x: Tensor, real: Tensor) -> Tensor:
        x = torch.where(real.unsqueeze(-1), x, torch.zeros_like(x))
        return conv(F.pad(x.mT, (self.left, self.right))).mT

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool()
        x = F.glu(self.pointwise_in(hidden_states.masked_fill(~real.unsqueeze(-1), 0.0)), dim=-1)
        x = x + self.pointwise_out(F.silu(self.norm(self._conv(self.depthwise, x, real))))
        scores = self._conv(self.score, x, real)
        return scores.masked_fill(~real.unsqueeze(-1), torch.finfo(scores.dtype).min).max(dim=1).values
