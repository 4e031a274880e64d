# cause: Only values that are not above 0 are replaced by eps; values between 0 and eps are not clamped.
# function: GeMPool
import torch
from torch import nn


class GeMPool(nn.Module):

    def __init__(self, p=3.0, eps=1e-06):
        super().__init__()
        self.p = nn.Parameter(torch.tensor(float(p)))
        self.eps = eps

    def forward(self, hidden_states, mask):
        pooled = []
        for b in range(0, hidden_states.shape[0]):
            x = hidden_states[b][mask[b] != 0]
            x = torch.where(x > 0, x, torch.full_like(x, self.eps))
            pooled.append((x ** self.p).mean(dim=0) ** (1 / self.p))
        return torch.stack(pooled)
