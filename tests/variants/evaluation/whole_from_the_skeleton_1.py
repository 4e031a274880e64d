"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the first of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import math
import random
from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import torch
from torch import Tensor


def _key(text):
    return tuple(text.lower().split())


def _gather(texts):
    rows = {}
    for row, text in enumerate(texts):
        rows.setdefault(_key(text), []).append(row)
    return list(rows.values())


def _divide(part, whole):
    return Fraction(part, whole) if whole else Fraction(0)


def _sums(count, average):
    middle, slack = (Fraction(Decimal(str(average))), Fraction(1, 20000))
    return (count * (middle - slack), count * (middle + slack))


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    rng = random.Random(seed)
    classes = {}
    for group in _gather(texts):
        classes.setdefault(labels[group[-1]], []).append(group)
    train, test = ([], [])
    for label in sorted(classes):
        groups = rng.sample(classes[label], k=len(classes[label]))
        target = test_size * sum(map(len, groups))
        taken, count = (0, 0)
        for place, group in enumerate(groups[:-1]):
            size = len(group)
            if place > 0 and taken + size - target > target - taken:
                break
            taken, count = (taken + size, count + 1)
        for group in groups[:count]:
            test.extend(group)
        for group in groups[count:]:
            train.extend(group)
    return (train[::-1], test[::-1])


def confusion(y_true: Sequence[int] | Tensor, y_pred: Sequence[int] | Tensor, n_classes: int = 2) -> Tensor:
    true, predicted = (torch.tensor([int(value) for value in values], dtype=torch.int64) for values in (y_true, y_pred))
    return torch.bincount(true * n_classes + predicted, minlength=n_classes * n_classes).reshape(n_classes, n_classes)


def prf(cm: Tensor, positive: int = 1) -> dict[str, float]:
    (tn, fp), (fn, tp) = ([int(value) for value in row] for row in cm)
    if positive == 0:
        tn, fp, fn, tp = (tp, fn, fp, tn)
    figures = {
        "f1": _divide(2 * tp, 2 * tp + fp + fn),
        "recall": _divide(tp, tp + fn),
        "precision": _divide(tp, tp + fp),
        "accuracy": _divide(tp + tn, tp + tn + fp + fn),
    }
    return {name: float(value) for name, value in figures.items()}


def suggest_max_length(
    lengths: Sequence[int], coverage: float = 0.95, special: int = 2, multiple: int = 8, cap: int = 512
) -> int:
    ordered = sorted(lengths)
    fitting = (length for length in ordered if bisect_right(ordered, length) / len(ordered) >= coverage)
    return min(cap, -(-(next(fitting) + special) // multiple) * multiple)


def rmse(pred: Tensor, target: Tensor) -> float:
    if pred.numel() != target.numel():
        raise ValueError("different numbers of values")
    errors = pred.detach().double().flatten() - target.detach().double().flatten()
    return float(torch.linalg.vector_norm(errors)) / math.sqrt(errors.numel())


def audit_log(rows: list[tuple[int, float, float]]) -> list[int]:
    wrong = []
    for index, ((n0, loss0, right0), (n1, loss1, right1)) in enumerate(pairwise([(0, 0.0, 0.0), *rows])):
        low0, high0 = _sums(n0, right0)
        low1, high1 = _sums(n1, right1)
        least_before, most_now = (_sums(n0, loss0)[0], _sums(n1, loss1)[1])
        if high1 < low0 or low1 > high0 + (n1 - n0) or most_now < least_before:
            wrong.append(index)
    return wrong


def possible_error_counts(copies: list[int]) -> set[int]:
    bits = 1
    for count in copies:
        bits |= bits << int(count)
    return {place for place, bit in enumerate(reversed(f"{bits:b}")) if bit == "1"}


def paired_bootstrap(
    pred_a: Tensor, pred_b: Tensor, target: Tensor, n_draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    generator = torch.Generator().manual_seed(seed)
    truth = target.detach().double().flatten()
    squares = torch.stack([(p.detach().double().flatten() - truth).square() for p in (pred_a, pred_b)])
    differences = []
    for _ in range(n_draws):
        rows = torch.randint(len(truth), (len(truth),), generator=generator)
        a, b = squares[:, rows].mean(dim=1).sqrt().tolist()
        differences.append(a - b)
    tail = (1 - level) / 2
    cuts = torch.tensor([tail, 1 - tail], dtype=torch.float64)
    low, high = torch.quantile(torch.tensor(differences, dtype=torch.float64), cuts).tolist()
    return (low, high)


def group_folds(texts: list[str], k: int = 5, seed: int = 42) -> list[list[int]]:
    rng = random.Random(seed)
    groups = _gather(texts)
    rng.shuffle(groups)
    folds = [[] for _ in range(k)]
    for group in groups:
        smallest = min(map(len, folds))
        rng.choice([fold for fold in folds if len(fold) == smallest]).extend(group)
    return folds
