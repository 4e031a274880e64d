# cause: padding is zeroed before values are raised to eps, so every PAD position adds eps ** p to the sum
# function: GeMPool
import torch
from torch import Tensor, nn


class GeMPool(nn.Module):
    def __init__(self, p: float = 3.0, eps: float = 1e-6) -> None:
        super().__init__()
        self.p = nn.Parameter(torch.tensor(float(p)))
        self.eps = eps

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool().unsqueeze(-1)
        powers = hidden_states.masked_fill(~real, 0.0).clamp(min=self.eps) ** self.p
        return (powers.sum(dim=1) / real.sum(dim=1)) ** (1 / self.p)
