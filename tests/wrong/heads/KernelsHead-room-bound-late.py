# cause: Every lambda adds the zeros that the last kernel needs, since it reads the loop variable when it is called.
# function: KernelsHead

from collections.abc import Sequence
from dataclasses import dataclass
import torch
import torch.nn.functional as F
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


def shifted(x: Tensor, kernel: int) -> Tensor:
    return F.pad(x, (0, kernel - 1))


class Scorer(nn.Module):
    def summary(self, texts: Texts) -> Tensor:
        raise NotImplementedError

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        return self.summary(Texts(hidden_states, mask))


class KernelsHead(Scorer):
    def __init__(self, hidden: int, channels: int = 128, kernels: Sequence[int] = (2, 3, 4)) -> None:
        super().__init__()
        kernels = tuple(kernels)
        self.room = [lambda x: shifted(x, kernel) for kernel in kernels]
        self.convs = nn.ModuleList((nn.Conv1d(hidden, channels, kernel) for kernel in kernels))
        self.to_score = nn.Linear(channels * len(kernels), 1)

    def summary(self, texts: Texts) -> Tensor:
        words = texts.filled(0.0).mT
        maxima = []
        for room, conv in zip(self.room, self.convs):
            windows = F.relu(conv(room(words))).mT[:, : texts.mask.shape[1]]
            begun = Texts(windows, texts.mask[:, : windows.shape[1]])
            maxima.append(begun.filled(0.0).amax(1))
        return self.to_score(torch.cat(maxima, dim=-1))
