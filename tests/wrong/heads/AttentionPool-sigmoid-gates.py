# cause: Each token gets a sigmoid gate instead of a softmax weight, so the weights do not sum to 1.
# function: AttentionPool
import torch
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.gate = nn.Sequential(nn.Linear(hidden, hidden // 2 or 1), nn.ReLU(), nn.Linear(hidden // 2 or 1, 1))

    def forward(self, hidden_states, mask):
        g = torch.sigmoid(self.gate(hidden_states)) * mask.unsqueeze(-1)
        return (g * hidden_states).sum(1)
