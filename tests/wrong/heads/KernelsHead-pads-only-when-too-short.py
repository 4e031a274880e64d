# cause: adds zeros only where the batch is shorter than the kernel, so the last windows of a text exist only if PAD follows it
# function: KernelsHead
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class KernelsHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 128, kernels: Sequence[int] = (2, 3, 4)) -> None:
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv1d(hidden, channels, k) for k in kernels)
        self.score = nn.Linear(channels * len(kernels), 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.unsqueeze(1).to(hidden_states.dtype)
        x = hidden_states.transpose(1, 2) * real
        pooled = []
        for conv in self.convs:
            missing = max(0, conv.kernel_size[0] - x.size(-1))
            windows = F.relu(conv(F.pad(x, (0, missing))))
            pooled.append((windows * real[..., : windows.size(-1)]).amax(dim=-1))
        return self.score(torch.cat(pooled, dim=-1))
