# cause: values are clamped to 0, and eps is added to the mean under the root
# function: GeMPool
import torch
from torch import Tensor, nn


def _time_mask(mask: Tensor) -> Tensor:
    """Keras mask: bool, (B, T, 1)."""
    return torch.not_equal(mask, 0)[..., None]


class GeMPool(nn.Module):
    def __init__(self, p: float = 3.0, eps: float = 1e-6) -> None:
        super().__init__()
        self.p = nn.Parameter(torch.tensor(float(p)))
        self.eps = eps

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        m = _time_mask(mask)
        x = torch.relu(hidden_states)
        x = torch.where(m, torch.pow(x, self.p), torch.zeros_like(x))
        mean = x.sum(axis=1) / m.sum(axis=1)
        return torch.pow(mean + self.eps, 1.0 / self.p)
