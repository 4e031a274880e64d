# cause: Takes the maximum over all windows, so those that begin behind the text can win.
# function: ConvHead

import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.ahead = nn.ConstantPad1d((0, kernel - 1), 0.0)
        self.first = nn.Conv1d(hidden, channels, kernel)
        self.second = nn.Conv1d(channels, 1, kernel)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        m = mask.unsqueeze(1).to(hidden_states.dtype)
        features = F.gelu(self.first(self.ahead(hidden_states.transpose(1, 2) * m)))
        scores = self.second(self.ahead(features * m))
        return scores.max(dim=-1)[0]
