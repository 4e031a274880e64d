# cause: The softmax runs over the last dimension, which has size 1, so every token has weight 1 and the result is a sum.
# function: AttentionPool
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.score = nn.Sequential(nn.Linear(hidden, 128), nn.Tanh(), nn.Linear(128, 1))

    def forward(self, hidden_states, mask):
        s = self.score(hidden_states).masked_fill(mask.unsqueeze(-1) == 0, -1e4)
        w = s.softmax(dim=-1) * mask.unsqueeze(-1)
        return (w * hidden_states).sum(dim=1)
