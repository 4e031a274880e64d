# cause: padding is zeroed before the first convolution only; the second one sees the activated bias of the first there
# function: ConvHead
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.first = nn.Conv1d(hidden, channels, kernel)
        self.second = nn.Conv1d(channels, 1, kernel)
        self.ahead = kernel - 1

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool().unsqueeze(1)
        x = hidden_states.transpose(1, 2).masked_fill(~real, 0.0)
        x = F.gelu(self.first(F.pad(x, (0, self.ahead))))
        scores = self.second(F.pad(x, (0, self.ahead)))
        return scores.masked_fill(~real, float("-inf")).amax(dim=2)
