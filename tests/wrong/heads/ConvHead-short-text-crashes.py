# cause: Nothing is added on the right, so a text shorter than the two windows makes the convolution crash.
# function: ConvHead
from torch import nn


class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.a = nn.Conv1d(hidden, channels, kernel)
        self.b = nn.Conv1d(channels, 1, kernel)

    def forward(self, hidden_states, mask):
        m = mask.unsqueeze(1)
        x = self.a(hidden_states.transpose(1, 2) * m).relu()
        x = x * m[..., : x.shape[-1]]
        x = self.b(x)
        x = x.masked_fill(m[..., : x.shape[-1]] == 0, -1e9)
        return x.max(-1)[0]
