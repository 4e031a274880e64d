"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the third of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import hashlib
import itertools
import math
import random
import re
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


def _normal(text):
    return re.sub("\\s+", " ", text.lower()).strip()


def _drawn(texts, seed):

    def ticket(key):
        return hashlib.sha256(f"{seed}\n{key}".encode("utf-8", "surrogatepass")).digest()

    keys = list(map(_normal, texts))
    order = sorted(range(len(keys)), key=lambda row: (ticket(keys[row]), keys[row], row))
    return [list(rows) for _, rows in itertools.groupby(order, key=keys.__getitem__)]


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    classes = {}
    for group in _drawn(texts, seed):
        classes.setdefault(min(labels[row] for row in group), []).append(group)
    side = [0] * len(texts)
    for groups in classes.values():
        ends = list(itertools.accumulate(len(group) for group in groups))
        target = ends[-1] * test_size
        best = min(range(1, len(groups)), key=lambda count: abs(ends[count - 1] - target), default=0)
        for row in itertools.chain.from_iterable(groups[:best]):
            side[row] = 1
    train, test = ([row for row, where in enumerate(side) if where == part] for part in (0, 1))
    return (train, test)


def confusion(y_true: Sequence[int] | Tensor, y_pred: Sequence[int] | Tensor, n_classes: int = 2) -> Tensor:
    table = np.zeros((n_classes, n_classes), dtype=np.int64)
    pairs = np.array([list(map(int, values)) for values in (y_true, y_pred)], dtype=np.int64).reshape(2, -1)
    np.add.at(table, tuple(pairs), 1)
    return table


def prf(cm: Tensor, positive: int = 1) -> dict[str, float]:
    counts = torch.as_tensor(cm).double()
    if not positive:
        counts = counts.flip(0, 1)
    tp = counts[1, 1]
    parts = {
        "accuracy": (counts.diagonal().sum(), counts.sum()),
        "precision": (tp, counts[:, 1].sum()),
        "recall": (tp, counts[1, :].sum()),
        "f1": (tp + tp, counts[:, 1].sum() + counts[1, :].sum()),
    }
    return {name: torch.nan_to_num(top / bottom, nan=0.0).item() for name, (top, bottom) in parts.items()}


def suggest_max_length(
    lengths: Sequence[int], coverage: float = 0.95, special: int = 2, multiple: int = 8, cap: int = 512
) -> int:
    values, counts = np.unique(np.asarray(list(lengths), dtype=np.int64), return_counts=True)
    shares = np.cumsum(counts) / counts.sum()
    length = int(values[np.flatnonzero(shares >= coverage)[0]]) + special
    return min(itertools.chain([cap], (m for m in range(length, length + multiple) if m % multiple == 0)))


def rmse(pred: Tensor, target: Tensor) -> float:
    ours, truth = (values.detach().double().flatten().tolist() for values in (pred, target))
    if len(ours) != len(truth):
        raise ValueError(f"{len(ours)} predictions for {len(truth)} targets")
    return math.dist(ours, truth) / len(ours) ** 0.5


def audit_log(rows: list[tuple[int, float, float]]) -> list[int]:
    table = np.array([(0.0, 0.0, 0.0), *rows], dtype=np.float64)
    counts = table[:, 0]
    sums = counts[:, None] * table[:, 1:]
    steps = np.diff(sums, axis=0)
    slack = 5e-05 * (counts[1:] + counts[:-1]) + 1e-09 * (1 + counts[1:])
    bad = (steps < -slack[:, None]).any(axis=1) | (steps[:, 1] > np.diff(counts) + slack)
    return np.flatnonzero(bad).tolist()


def possible_error_counts(copies: list[int]) -> set[int]:
    reachable = np.zeros(sum(copies) + 1, dtype=bool)
    reachable[0] = True
    for count in copies:
        reachable[count:] |= reachable[:-count].copy()
    return set(np.flatnonzero(reachable).tolist())


def paired_bootstrap(
    pred_a: Tensor, pred_b: Tensor, target: Tensor, n_draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    dice = random.Random(seed)
    truth = target.detach().double().flatten()
    squares = np.stack([(pred.detach().double().flatten() - truth).square().numpy() for pred in (pred_a, pred_b)])
    size = squares.shape[1]

    def difference():
        a, b = np.sqrt(squares[:, dice.choices(range(size), k=size)].mean(axis=1)).tolist()
        return a - b

    differences = sorted(difference() for _ in range(n_draws))
    cut = math.floor((1 - level) / 2 * n_draws)
    ends = (differences[min(cut, n_draws - 1 - cut)], differences[max(cut, n_draws - 1 - cut)])
    return ends


def group_folds(texts: list[str], k: int = 5, seed: int = 42) -> list[list[int]]:
    folds = {number: [] for number in range(k)}
    for group in _drawn(texts, seed):
        emptiest = min(folds, key=lambda number: (len(folds[number]), -number))
        folds[emptiest] = group + folds[emptiest]
    return list(folds.values())
