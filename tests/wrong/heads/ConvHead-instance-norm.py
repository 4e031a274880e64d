# cause: InstanceNorm between the convolutions takes its mean and variance over all positions, so the number of PAD positions changes the scores.
# function: ConvHead

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.ahead = kernel - 1
        self.conv1 = nn.Conv1d(hidden, channels, kernel, bias=False)
        self.norm = nn.InstanceNorm1d(channels, affine=True)
        self.conv2 = nn.Conv1d(channels, 1, kernel)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        keep = mask.bool().unsqueeze(1)
        x = hidden_states.transpose(1, 2).masked_fill(~keep, 0.0)
        x = self.conv1(F.pad(x, (0, self.ahead)))
        if x.size(-1) > 1:
            x = self.norm(x)
        x = torch.relu(x).masked_fill(~keep, 0.0)
        x = self.conv2(F.pad(x, (0, self.ahead)))
        return x.masked_fill(~keep, float("-inf")).amax(dim=2)
