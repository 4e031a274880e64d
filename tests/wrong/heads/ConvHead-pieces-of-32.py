# cause: the text is cut into pieces of 32 tokens, and windows across a cut see zeros instead of the next tokens
# function: ConvHead
import torch
import torch.nn.functional as F
from torch import nn


class ConvHead(nn.Module):
    CHUNK = 32

    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.k = kernel
        self.a = nn.Conv1d(hidden, channels, kernel)
        self.b = nn.Conv1d(channels, 1, kernel)

    def _score(self, x, m):
        x = F.pad(x.mul(m), (0, self.k - 1))
        x = self.a(x).relu_().mul(m)
        x = self.b(F.pad(x, (0, self.k - 1)))
        return x.masked_fill(m == 0, -torch.inf).amax(-1)

    def forward(self, hidden_states, mask):
        x = hidden_states.transpose(1, 2)
        m = mask.to(x.dtype).unsqueeze(1)
        best = None
        for piece, part in zip(x.split(self.CHUNK, -1), m.split(self.CHUNK, -1)):
            s = self._score(piece, part)
            best = s if best is None else torch.maximum(best, s)
        return best
