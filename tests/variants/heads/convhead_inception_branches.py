"""ConvHead: parallel convolutions of every size from 1 to the kernel in a ModuleDict, joined, then two pointwise
layers.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.branches = nn.ModuleDict({str(k): nn.Conv1d(hidden, channels, k) for k in range(1, kernel + 1)})
        self.mix = nn.Conv1d(channels * kernel, 256, 1)
        self.score = nn.Conv1d(256, 1, 1)
        for module in self.modules():
            if isinstance(module, nn.Conv1d):
                nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")
                nn.init.zeros_(module.bias)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool()[:, None]
        x = hidden_states.mT.masked_fill(~real, 0.0)
        x = torch.cat([conv(F.pad(x, (0, int(k) - 1))) for k, conv in self.branches.items()], dim=1)
        x = F.gelu(self.mix(F.gelu(x).masked_fill(~real, 0.0))).masked_fill(~real, 0.0)
        return self.score(x).masked_fill(~real, -torch.inf).amax(dim=-1)
