"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the third of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

from collections.abc import Sequence
from functools import reduce

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _texts(hidden: Tensor, mask: Tensor) -> list[Tensor]:
    return [states[real] for states, real in zip(hidden, mask.bool(), strict=True)]


def _zeroed(states: Tensor, mask: Tensor) -> Tensor:
    return states.masked_fill(~mask.bool()[:, None, :], 0)


def _centred(states: Tensor, kernel: int) -> Tensor:
    return F.pad(states, ((kernel - 1) // 2, kernel // 2))


def _weights(inputs: int, units: int, biases: int) -> nn.ParameterList:
    bound = units ** (-0.5)
    shapes = [(4 * units, inputs), (4 * units, units)] + [(4 * units,)] * biases
    return nn.ParameterList([nn.Parameter(torch.empty(shape).uniform_(-bound, bound)) for shape in shapes])


def _states(weights: nn.ParameterList, steps: Tensor) -> list[Tensor]:
    w_ih, w_hh, *biases = weights
    bias = sum(biases)
    h = c = steps.new_zeros(w_hh.shape[1])
    found = []
    for step in steps:
        i, f, g, o = (w_ih @ step + w_hh @ h + bias).chunk(4)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        found.append(h)
    return found


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    rows, columns = mask.bool().nonzero(as_tuple=True)
    sums = hidden.new_zeros((hidden.shape[0], hidden.shape[2]), dtype=torch.float64)
    sums = sums.index_add(0, rows, hidden[rows, columns].double())
    number = torch.bincount(rows, minlength=len(hidden)).clamp(min=1)
    return (sums / number[:, None]).to(hidden.dtype)


def max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    return torch.stack([reduce(torch.maximum, tokens.unbind(0)) for tokens in _texts(hidden, mask)])


def mean_max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    pooled = hidden.new_zeros(len(hidden), 2, hidden.shape[2])
    pooled[:, 1] = max_pool(hidden, mask)
    pooled[:, 0] = mean_pool(hidden, mask)
    return pooled.view(len(hidden), -1)


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.kernel = kernel
        self.gated = nn.Conv1d(hidden, 2 * channels, kernel)
        self.mixing = nn.Conv1d(channels, channels, 1)
        self.scoring = nn.Conv1d(channels, 1, kernel)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        states = _zeroed(hidden_states.transpose(1, 2), mask)
        states = _zeroed(F.glu(self.gated(_centred(states, self.kernel)), dim=1), mask)
        states = _zeroed(torch.tanh(self.mixing(states)), mask)
        scores = self.scoring(_centred(states, self.kernel))[:, 0]
        return torch.stack([row[real].sort().values[-1:] for row, real in zip(scores, mask.bool(), strict=True)])


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        width = hidden if units is None else units
        self.weights = _weights(hidden, width, 1)
        self.score = nn.Linear(width, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        return torch.stack([self.score(_states(self.weights, text)[-1]) for text in _texts(hidden_states, mask)])


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    last = hidden_states[-1][:, 0]
    if n_last == 1:
        return last.clone()
    return torch.cat((last, cls_concat(hidden_states[:-1], n_last=n_last - 1)), dim=1)


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.numbers = nn.ParameterList([nn.Parameter(torch.zeros(())) for _ in range(n_states)])

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        exponents = [torch.asinh(number.double()) for number in self.numbers]
        total = torch.logsumexp(torch.stack(exponents), dim=0)
        parts = (state.double() * (e - total).exp() for state, e in zip(hidden_states, exponents, strict=True))
        return reduce(torch.add, parts).to(hidden_states[0].dtype)


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.content = nn.Linear(hidden, 2 * hidden)
        self.gate = nn.Linear(hidden, 2 * hidden)
        self.score = nn.Linear(2 * hidden, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        pooled = []
        for tokens in _texts(hidden_states, mask):
            scores = self.score(torch.tanh(self.content(tokens)) * torch.sigmoid(self.gate(tokens)))
            pooled.append(torch.softmax(scores[:, 0], dim=0) @ tokens)
        return torch.stack(pooled)


class GeMPool(nn.Module):
    def __init__(self, p: float = 3.0, eps: float = 1e-06) -> None:
        super().__init__()
        self.power = nn.Parameter(torch.tensor([p], dtype=torch.get_default_dtype()))
        self.eps = eps

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        p = self.power.double()
        pooled = []
        for tokens in _texts(hidden_states, mask):
            values = F.threshold(tokens.double(), self.eps, self.eps)
            top = values.detach().amax(dim=0)
            pooled.append(top * (values / top).pow(p).mean(dim=0).pow(p.reciprocal()))
        return torch.stack(pooled).to(hidden_states.dtype)


class BiLSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        width = hidden if units is None else units
        self.onward, self.backward_ = (_weights(hidden, width, 2), _weights(hidden, width, 2))
        self.slope = nn.Parameter(torch.empty(2, width).uniform_(-1, 1) / (2 * width) ** 0.5)
        self.shift = nn.Parameter(torch.zeros(1))

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        scores = []
        for text in _texts(hidden_states, mask):
            ends = torch.stack([_states(self.onward, text)[-1], _states(self.backward_, text.flip(0))[-1]])
            scores.append((self.slope * ends).sum() + self.shift)
        return torch.stack(scores)


class KernelsHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 128, kernels: Sequence[int] = (2, 3, 4)) -> None:
        super().__init__()
        self.filters = nn.ParameterList([torch.randn(k, hidden, channels) / (k * hidden) ** 0.5 for k in kernels])
        self.shifts = nn.ParameterList([torch.zeros(channels) for _ in kernels])
        self.score = nn.Linear(channels * len(kernels), 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real = mask.bool()[:, :, None]
        states = hidden_states.masked_fill(~real, 0)
        best = []
        for weight, bias in zip(self.filters, self.shifts, strict=True):
            kernel, width = (len(weight), states.shape[1])
            padded = F.pad(states, (0, 0, (kernel - 1) // 2, kernel // 2))
            features = sum(padded[:, o : o + width] @ weight[o] for o in range(kernel)) + bias
            best.append(features.masked_fill(~real, -torch.inf).amax(dim=1).clamp(min=0))
        return self.score(torch.cat(best, dim=1))
