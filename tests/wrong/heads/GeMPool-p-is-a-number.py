# cause: Keeps p as a plain number, so it is not trained
# function: GeMPool
import torch
from torch import nn


class GeMPool(nn.Module):
    def __init__(self, p: float = 3.0, eps: float = 1e-6) -> None:
        super().__init__()
        self.p = p
        self.eps = eps

    def forward(self, hidden_states, mask):
        real = mask.unsqueeze(-1) > 0
        x = torch.clamp(hidden_states, min=self.eps) ** self.p
        x = torch.where(real, x, torch.zeros_like(x))
        return (x.sum(dim=1) / real.sum(dim=1)) ** (1.0 / self.p)
