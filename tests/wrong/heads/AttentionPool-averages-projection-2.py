# cause: Averages the projected states instead of the hidden states themselves
# function: AttentionPool
import torch
from torch import nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.key = nn.Linear(hidden, hidden)
        self.query = nn.Linear(hidden, 1, bias=False)

    def forward(self, hidden_states, mask):
        u = torch.tanh(self.key(hidden_states))
        scores = self.query(u).squeeze(-1).masked_fill(~mask.bool(), torch.finfo(u.dtype).min)
        alpha = scores.softmax(dim=-1)
        return torch.bmm(alpha.unsqueeze(1), u).squeeze(1)
