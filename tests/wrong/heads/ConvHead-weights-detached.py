# cause: The weights of the first convolution are detached in the forward pass.
# function: ConvHead
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.ngrams = nn.Conv1d(hidden, channels, kernel)
        self.scores = nn.Conv1d(channels, 1, kernel)
        self.reach = kernel - 1

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        padding = mask.unsqueeze(1) == 0
        tokens = hidden_states.transpose(1, 2).masked_fill(padding, 0)
        features = F.relu(
            F.conv1d(F.pad(tokens, (0, self.reach)), self.ngrams.weight.detach(), self.ngrams.bias.detach())
        )
        features = features.masked_fill(padding, 0)
        scores = self.scores(F.pad(features, (0, self.reach)))
        return scores.masked_fill(padding, torch.finfo(scores.dtype).min).amax(dim=2)
