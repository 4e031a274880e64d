# cause: The scores of the padding are not masked before the softmax.
# function: AttentionPool
import torch
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.attention = nn.Sequential(nn.Linear(hidden, 512), nn.Tanh(), nn.Linear(512, 1), nn.Softmax(dim=1))

    def forward(self, hidden_states, mask):
        weights = self.attention(hidden_states)
        return torch.sum(weights * hidden_states, dim=1)
