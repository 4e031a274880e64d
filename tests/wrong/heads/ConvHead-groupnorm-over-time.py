# cause: normalises the features over all positions, PAD included (GroupNorm with one group), so the number of PADs changes the score
# function: ConvHead
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.ahead = kernel - 1
        self.conv1 = nn.Conv1d(hidden, channels, kernel)
        self.norm = nn.GroupNorm(1, channels)
        self.conv2 = nn.Conv1d(channels, 1, kernel)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        pad = (mask == 0).unsqueeze(1)
        x = hidden_states.transpose(1, 2).masked_fill(pad, 0.0)
        x = self.conv1(F.pad(x, (0, self.ahead))).masked_fill(pad, 0.0)
        x = F.gelu(self.norm(x)).masked_fill(pad, 0.0)
        scores = self.conv2(F.pad(x, (0, self.ahead)))
        return scores.masked_fill(pad, torch.finfo(scores.dtype).min).amax(dim=-1)
