# cause: The windows of the first convolution do not overlap, because its stride is the kernel, so it matters where in a text a passage stands.
# function: ConvHead

import torch
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.kernel = kernel
        self.ngrams = nn.Conv1d(hidden, channels, kernel, stride=kernel)
        self.score = nn.Conv1d(channels, 1, 1)

    def forward(self, hidden_states, mask):
        keep = mask.to(hidden_states.dtype).unsqueeze(1)
        x = hidden_states.permute(0, 2, 1) * keep
        x = nn.functional.pad(x, (0, self.kernel - 1))
        x = torch.relu(self.ngrams(x))
        # a window counts if its first token is real
        starts = keep[:, :, :: self.kernel][:, :, : x.shape[-1]]
        x = self.score(x * starts)
        x = x.masked_fill(starts == 0, -torch.inf)
        return x.max(dim=-1).values
