# cause: Divides by the position of the last real token, not by the number of real tokens.
# function: GeMPool

from dataclasses import dataclass
import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Texts:
    hidden: Tensor
    mask: Tensor

    @property
    def real(self) -> Tensor:
        return self.mask != 0

    @property
    def gate(self) -> Tensor:
        return self.real.unsqueeze(-1)

    @property
    def lengths(self) -> Tensor:
        places = torch.arange(1, self.mask.shape[1] + 1, device=self.mask.device)
        return (places * self.real).amax(1)

    @property
    def last(self) -> Tensor:
        return self.lengths - 1

    @property
    def rows(self) -> Tensor:
        return torch.arange(len(self.mask), device=self.mask.device)

    def filled(self, value: float) -> Tensor:
        return self.hidden.masked_fill(~self.gate, value)

    def total(self) -> Tensor:
        return self.filled(0.0).sum(1)

    def with_states(self, hidden: Tensor) -> "Texts":
        return Texts(hidden, self.mask)

    def backwards(self) -> Tensor:
        steps = self.mask.shape[1]
        places = torch.arange(steps, device=self.mask.device)
        order = (self.last.unsqueeze(1) - places) % steps
        return self.hidden.gather(1, order.unsqueeze(-1).expand_as(self.hidden))


class Scorer(nn.Module):
    def summary(self, texts: Texts) -> Tensor:
        raise NotImplementedError

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        return self.summary(Texts(hidden_states, mask))


class GeMPool(Scorer):
    def __init__(self, p: float = 3.0, eps: float = 1e-06) -> None:
        super().__init__()
        self.p = nn.Parameter(torch.tensor(float(p)))
        self.eps = eps

    def summary(self, texts: Texts) -> Tensor:
        powers = texts.with_states(texts.filled(1.0).clamp(min=self.eps) ** self.p)
        average = powers.total() / texts.lengths.unsqueeze(-1)
        return average ** (1 / self.p)
