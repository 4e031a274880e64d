# cause: a blog says that group norm is the normalisation which does not mix texts; but it averages over the positions too, so the number of PAD positions changes a score
# function: ConvHead
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.ahead = kernel - 1
        self.ngrams = nn.Conv1d(hidden, channels, kernel)
        self.norm = nn.GroupNorm(1, channels)
        self.score = nn.Conv1d(channels, 1, kernel)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool().unsqueeze(1)
        x = hidden_states.transpose(1, 2).masked_fill(~real, 0.0)
        x = self.ngrams(F.pad(x, (0, self.ahead))).masked_fill(~real, 0.0)
        x = torch.tanh(self.norm(x)).masked_fill(~real, 0.0)
        x = self.score(F.pad(x, (0, self.ahead)))
        return x.masked_fill(~real, float("-inf")).amax(dim=-1)
