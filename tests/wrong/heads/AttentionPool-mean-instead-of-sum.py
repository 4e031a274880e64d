# cause: The weighted states are averaged over the positions although the weights sum to one already.
# function: AttentionPool

import torch.nn.functional as F
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.score = nn.Linear(hidden, 1)

    def forward(self, hidden_states, mask):
        logits = self.score(hidden_states)
        logits = logits.masked_fill(~mask.bool().unsqueeze(-1), float("-inf"))
        alpha = F.softmax(logits, dim=1)
        return (alpha * hidden_states).mean(dim=1)
