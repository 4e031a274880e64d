"""ConvHead: a temporal convolutional network, dilations 1 and 2, residual, LayerNorm per token, four times as wide."""

import torch.nn.functional as F
from torch import Tensor, nn


class _Ahead(nn.Module):
    def __init__(self, c_in: int, c_out: int, kernel: int, dilation: int = 1) -> None:
        super().__init__()
        self.reach = (kernel - 1) * dilation
        self.conv = nn.Conv1d(c_in, c_out, kernel, dilation=dilation)

    def forward(self, x: Tensor, real: Tensor) -> Tensor:
        x = x.masked_fill(~real.unsqueeze(-1), 0.0)
        return self.conv(F.pad(x.transpose(1, 2), (0, self.reach))).transpose(1, 2)


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        width = 4 * channels
        self.stem = _Ahead(hidden, width, kernel)
        self.norms = nn.ModuleList([nn.LayerNorm(width) for _ in range(2)])
        self.convs = nn.ModuleList([_Ahead(width, width, kernel, dilation) for dilation in (1, 2)])
        self.final_norm = nn.LayerNorm(width)
        self.score = _Ahead(width, 1, kernel)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool()
        x = self.stem(hidden_states, real)
        for norm, conv in zip(self.norms, self.convs, strict=False):
            x = x + conv(F.gelu(norm(x)), real)
        scores = self.score(F.gelu(self.final_norm(x)), real).squeeze(-1)
        return scores.masked_fill(~real, float("-inf")).amax(dim=1, keepdim=True)
