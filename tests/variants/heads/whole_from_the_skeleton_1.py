"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the first of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _real(mask: Tensor) -> Tensor:
    return torch.ne(mask, 0)


def _clean(hidden: Tensor, mask: Tensor, value: float = 0.0) -> Tensor:
    return hidden.masked_fill(torch.eq(mask, 0)[:, :, None], value)


def _ahead(states: Tensor, kernel: int) -> Tensor:
    return F.pad(states, (0, 0, 0, kernel - 1)).unfold(1, kernel, 1).flatten(2)


def _run(cell: nn.LSTMCell, steps: Sequence[Tensor], alive: Sequence[Tensor]) -> Tensor:
    h = c = steps[0].new_zeros(len(steps[0]), cell.hidden_size)
    for step, real in zip(steps, alive, strict=True):
        new_h, new_c = cell(step, (h, c))
        h, c = (torch.where(real[:, None], new_h, h), torch.where(real[:, None], new_c, c))
    return h


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    number = _real(mask).sum(dim=1, keepdim=True).clamp(min=1)
    return (_clean(hidden, mask).double().sum(dim=1) / number).to(hidden.dtype)


def max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    return _clean(hidden, mask, float("-inf")).amax(dim=1)


def mean_max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    return torch.hstack([pool(mask=mask, hidden=hidden) for pool in (mean_pool, max_pool)])


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.kernel = kernel
        self.first = nn.Linear(hidden * kernel, channels)
        self.second = nn.Linear(channels * kernel, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        features = F.softplus(self.first(_ahead(_clean(hidden_states, mask), self.kernel)))
        scores = self.second(_ahead(_clean(features, mask), self.kernel))
        return _clean(scores, mask, float("-inf")).amax(dim=1)


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        self.cell = nn.LSTMCell(hidden, hidden if units is None else units)
        self.score = nn.Linear(self.cell.hidden_size, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        return self.score(_run(self.cell, _clean(hidden_states, mask).unbind(1), _real(mask).unbind(1)))


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    first = len(hidden_states) - n_last
    return torch.cat([state.select(1, 0) for state in hidden_states[first:]], dim=-1)


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.full((n_states,), 3.0))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        weights = torch.softmax(self.logits.double(), dim=0)
        mixed = sum((weight * state.double() for weight, state in zip(weights, hidden_states, strict=True)))
        return mixed.to(hidden_states[0].dtype)


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.score = nn.Linear(hidden, 1, bias=False)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        states = _clean(hidden_states, mask)
        weights = torch.softmax(_clean(self.score(states), mask, float("-inf")), dim=1)
        return torch.matmul(weights.mT, states)[:, 0]


class GeMPool(nn.Module):
    def __init__(self, p: float = 3.0, eps: float = 1e-06) -> None:
        super().__init__()
        self.p = nn.Parameter(torch.tensor(float(p)))
        self.eps = eps

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        p = self.p.double()
        logs = _clean(hidden_states, mask, 1.0).double().clamp(min=self.eps).log() * p
        total = torch.logsumexp(_clean(logs, mask, float("-inf")), dim=1)
        number = _real(mask).sum(dim=1, keepdim=True).double()
        return ((total - number.log()) / p).exp().to(hidden_states.dtype)


class BiLSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        width = hidden if units is None else units
        self.cells = nn.ModuleList([nn.LSTMCell(hidden, width), nn.LSTMCell(hidden, width)])
        self.score = nn.Linear(2 * width, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        steps, alive = (_clean(hidden_states, mask).unbind(1), _real(mask).unbind(1))
        onward, back = (_run(self.cells[0], steps, alive), _run(self.cells[1], steps[::-1], alive[::-1]))
        return self.score(torch.cat([back, onward], dim=1))


class KernelsHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 128, kernels: Sequence[int] = (2, 3, 4)) -> None:
        super().__init__()
        self.kernels = tuple(kernels)
        self.features = nn.ModuleList(nn.Linear(hidden * kernel, channels) for kernel in self.kernels)
        self.score = nn.Linear(channels * len(self.kernels), 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        rows = []
        for states, n in zip(hidden_states, _real(mask).sum(dim=1).tolist(), strict=True):
            best = []
            for kernel, layer in zip(self.kernels, self.features, strict=True):
                text = F.pad(states[:n], (0, 0, max(kernel - n, 0), 0))
                best.append(layer(text.unfold(0, kernel, 1).flatten(1)).amax(dim=0).relu())
            rows.append(torch.cat(best))
        return self.score(torch.stack(rows))
