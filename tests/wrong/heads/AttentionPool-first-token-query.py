# cause: Tokens are scored by their likeness to the first token instead of by their own state alone.
# function: AttentionPool

import math

from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.query = nn.Linear(hidden, hidden)
        self.key = nn.Linear(hidden, hidden)
        self.hidden = hidden

    def forward(self, hidden_states, mask):
        q = self.query(hidden_states[:, :1])
        k = self.key(hidden_states)
        scores = q @ k.transpose(1, 2) / math.sqrt(self.hidden)
        scores = scores.masked_fill(mask[:, None, :] == 0, float("-inf"))
        return (scores.softmax(dim=-1) @ hidden_states).squeeze(1)
