# cause: The scores of padding are set to 0 instead of minus infinity before the softmax, so PAD keeps a weight.
# function: AttentionPool
import torch
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))

    def forward(self, hidden_states, mask):
        e = self.net(hidden_states) * mask.unsqueeze(-1)
        a = torch.softmax(e, dim=1)
        return (a * hidden_states).sum(1)
