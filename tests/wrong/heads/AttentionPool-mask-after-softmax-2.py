# cause: Sets the weights of padding to zero after the softmax without dividing again, so the rest does not sum to 1
# function: AttentionPool
import torch
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.attention = nn.Sequential(nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))

    def forward(self, hidden_states, mask):
        weights = torch.softmax(self.attention(hidden_states), dim=1)
        weights = weights * mask.unsqueeze(-1).to(weights.dtype)
        return (weights * hidden_states).sum(dim=1)
