# cause: The mask is multiplied on after the softmax, so the weights of the real tokens sum to less than 1.
# function: AttentionPool
import torch
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.w = nn.Linear(hidden, hidden)
        self.u = nn.Linear(hidden, 1, bias=False)

    def forward(self, hidden_states, mask):
        score = self.u(torch.tanh(self.w(hidden_states))).squeeze(-1)
        att = torch.softmax(score, dim=1) * mask
        return torch.bmm(att.unsqueeze(1), hidden_states).squeeze(1)
