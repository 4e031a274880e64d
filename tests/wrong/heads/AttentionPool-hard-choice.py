# cause: The token with the highest score is returned (argmax) instead of a weighted average, so the network gets no gradient.
# function: AttentionPool
import torch
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))

    def forward(self, hidden_states, mask):
        score = self.net(hidden_states).squeeze(-1)
        score[mask == 0] = float("-inf")
        best = score.argmax(dim=1)
        return hidden_states[torch.arange(len(best)), best]
