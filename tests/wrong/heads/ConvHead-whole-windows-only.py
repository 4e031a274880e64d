# cause: Lets only windows take part that lie wholly inside the text, so a text of one token has none and scores minus infinity.
# function: ConvHead

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.kernel = kernel
        self.conv1 = nn.Conv1d(hidden, channels, kernel)
        self.conv2 = nn.Conv1d(channels, 1, kernel)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        k = self.kernel - 1
        m = mask.unsqueeze(1).bool()
        x = hidden_states.transpose(1, 2).masked_fill(~m, 0.0)
        x = F.relu(self.conv1(F.pad(x, (0, k)))).masked_fill(~m, 0.0)
        x = self.conv2(F.pad(x, (0, k)))
        starts = torch.arange(mask.shape[1], device=mask.device)
        complete = starts[None, :] + k < mask.sum(dim=1, keepdim=True)
        return x.masked_fill(~complete.unsqueeze(1), float("-inf")).amax(dim=-1)
