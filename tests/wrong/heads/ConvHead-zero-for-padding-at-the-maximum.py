# cause: masks the final scores with zero instead of the lowest number, so a padded text never scores below 0
# function: ConvHead
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.ahead = kernel - 1
        self.first = nn.Conv1d(hidden, channels, kernel)
        self.second = nn.Conv1d(channels, 1, kernel)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        keep = mask.unsqueeze(1).to(hidden_states.dtype)
        x = hidden_states.transpose(1, 2) * keep
        x = F.relu(self.first(F.pad(x, (0, self.ahead)))) * keep
        x = self.second(F.pad(x, (0, self.ahead))) * keep
        return x.amax(dim=-1)
