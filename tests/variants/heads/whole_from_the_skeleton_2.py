"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the second of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _lengths(mask: Tensor) -> Tensor:
    return mask.bool().long().sum(1)


def _blank(hidden: Tensor, mask: Tensor) -> Tensor:
    return torch.where(mask.bool().unsqueeze(-1), hidden, torch.zeros_like(hidden))


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    real = mask.bool().double()
    weights = real / real.sum(1, keepdim=True).clamp(min=1)
    return torch.einsum("bt,btc->bc", weights, _blank(hidden, mask).double()).to(hidden.dtype)


def max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    first = mask.bool().int().argmax(dim=1)
    instead = hidden[torch.arange(len(hidden), device=hidden.device), first].unsqueeze(1)
    filled = torch.where(mask.bool().unsqueeze(-1), hidden, instead)
    return filled.sort(dim=1, descending=True).values[:, 0]


def mean_max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    return torch.stack((mean_pool(hidden, mask), max_pool(hidden, mask)), dim=1).flatten(start_dim=1)


class ConvHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 256, kernel: int = 2) -> None:
        super().__init__()
        self.w1 = nn.Parameter(torch.randn(channels, hidden, kernel) / (hidden * kernel) ** 0.5)
        self.w2 = nn.Parameter(torch.randn(1, channels, kernel) / (channels * kernel) ** 0.5)
        self.b1 = nn.Parameter(torch.zeros(channels))
        self.b2 = nn.Parameter(torch.zeros(1))

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        states = _blank(hidden_states, mask).mT
        for weight, bias in ((self.w1, self.b1), (self.w2, self.b2)):
            if weight is self.w2:
                states = _blank(torch.tanh(states).mT, mask).mT
            states = F.conv1d(F.pad(states, (weight.shape[2] - 1, 0)), weight, bias)
        scores = states[:, 0]
        return torch.where(mask.bool(), scores, scores[:, :1]).max(dim=1, keepdim=True).values


class LSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        width = hidden if units is None else units
        self.lstm = nn.LSTM(hidden, width, num_layers=2, batch_first=True)
        self.score = nn.Linear(width, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        ends = []
        for states, n in zip(hidden_states.split(1), _lengths(mask).tolist(), strict=True):
            outputs, _ = self.lstm(states[:, :n])
            ends.append(outputs[:, -1])
        return self.score(torch.cat(ends))


def cls_concat(hidden_states: tuple[Tensor, ...], n_last: int = 4) -> Tensor:
    heads = torch.stack(tuple(hidden_states)[-n_last:], dim=1)[:, :, 0]
    return heads.flip(1).reshape(len(heads), -1)


class LayerMix(nn.Module):
    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.values = nn.Parameter(torch.zeros(n_states, 1, 1, 1))

    def forward(self, hidden_states: tuple[Tensor, ...]) -> Tensor:
        values = self.values.double()
        strength = torch.where(values >= 0, 1 + values, 1 / (1 - values.clamp(max=0)))
        states = torch.stack(tuple(hidden_states))
        return ((strength * states.double()).sum(0) / strength.sum(0)).to(states.dtype)


class AttentionPool(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.inner = nn.Parameter(torch.randn(hidden, hidden) / hidden**0.5)
        self.shift = nn.Parameter(torch.zeros(hidden))
        self.outer = nn.Parameter(torch.randn(hidden, 1) / hidden**0.5)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        states = _blank(hidden_states, mask)
        scores = (torch.sigmoid(states @ self.inner + self.shift) @ self.outer).squeeze(-1)
        scores = scores.masked_fill(~mask.bool(), -torch.inf)
        powers = torch.exp(scores - scores.detach().amax(dim=1, keepdim=True))
        weights = powers / powers.sum(dim=1, keepdim=True)
        return torch.einsum("btc,bt->bc", states, weights)


class GeMPool(nn.Module):
    def __init__(self, p: float = 3.0, eps: float = 1e-06) -> None:
        super().__init__()
        self.exponent = nn.Parameter(torch.full((1, 1), float(p)))
        self.register_buffer("least", torch.tensor(eps, dtype=torch.float64), persistent=False)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        real, p = (mask.bool().unsqueeze(-1), self.exponent.double())
        values = torch.maximum(_blank(hidden_states, mask).double(), self.least.double())
        top = torch.where(real, values, self.least.double()).detach().amax(1, keepdim=True)
        powers = torch.where(real, torch.where(real, values / top, 1.0) ** p, 0.0)
        mean = powers.sum(1) / real.sum(1)
        return (mean ** (1 / p) * top[:, 0]).to(hidden_states.dtype)


class BiLSTMHead(nn.Module):
    def __init__(self, hidden: int, units: int | None = None) -> None:
        super().__init__()
        width = hidden if units is None else units
        self.there = nn.LSTM(hidden, width, batch_first=True)
        self.back = nn.LSTM(hidden, width, batch_first=True)
        self.score_there = nn.Linear(width, 1, bias=False)
        self.score_back = nn.Linear(width, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        states, n = (_blank(hidden_states, mask), _lengths(mask))
        positions = torch.arange(states.shape[1], device=states.device)
        mirrored = (n[:, None] - 1 - positions).clamp(min=0)
        turned = states.gather(1, mirrored[:, :, None].expand_as(states))
        rows = torch.arange(len(states), device=states.device)
        there, back = (self.there(states)[0][rows, n - 1], self.back(turned)[0][rows, n - 1])
        return self.score_there(there) + self.score_back(back)


class KernelsHead(nn.Module):
    def __init__(self, hidden: int, channels: int = 128, kernels: Sequence[int] = (2, 3, 4)) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList()
        for kernel in kernels:
            self.convolutions.append(nn.Conv1d(hidden, channels, kernel, padding=kernel - 1))
        self.score = nn.Linear(len(self.convolutions) * channels, 1)

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        states = _blank(hidden_states, mask).transpose(1, 2)
        best = []
        for convolution in self.convolutions:
            features = torch.relu(convolution(states))
            starts = torch.arange(features.shape[2], device=features.device)
            inside = starts < (_lengths(mask) + convolution.kernel_size[0] - 1)[:, None]
            best.append((features * inside[:, None]).max(dim=2).values)
        return self.score(torch.hstack(best))
