"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the second of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import heapq
import math
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction
from functools import reduce

import numpy as np
import torch
from torch import Tensor


def _groups_of(texts):
    keys = [" ".join(text.split()).casefold() for text in texts]
    numbers = {key: number for number, key in enumerate(sorted(set(keys)))}
    groups = [[] for _ in numbers]
    for row in reversed(range(len(keys))):
        groups[numbers[keys[row]]].append(row)
    return groups


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    rng = random.Random(seed)
    by_class = defaultdict(list)
    for group in _groups_of(texts):
        votes = Counter(labels[row] for row in group)
        by_class[max(votes, key=lambda label: (votes[label], label))].append(group)
    chosen = set()
    for _, groups in sorted(by_class.items()):
        room = test_size * sum(len(group) for group in groups)
        first = groups.pop(rng.randrange(len(groups)))
        if not groups:
            chosen.update(first if rng.random() < test_size else ())
            continue
        chosen.update(first)
        room -= len(first)
        while groups:
            group = groups.pop(rng.randrange(len(groups)))
            if len(group) <= room + 1e-09:
                chosen.update(group)
                room -= len(group)
    order = rng.sample(range(len(texts)), k=len(texts))
    return ([row for row in order if row not in chosen], [row for row in order if row in chosen])


def confusion(y_true: Sequence[int] | Tensor, y_pred: Sequence[int] | Tensor, n_classes: int = 2) -> Tensor:
    seen = Counter(((int(true), int(predicted)) for true, predicted in zip(y_true, y_pred, strict=True)))
    return [[seen[row, column] for column in range(n_classes)] for row in range(n_classes)]


def prf(cm: Tensor, positive: int = 1) -> dict[str, float]:
    table = np.array([[float(value) for value in row] for row in cm])
    hit = table[positive, positive]
    tops = np.array([np.trace(table), hit, hit, 2 * hit])
    predicted, true = (table[:, positive].sum(), table[positive].sum())
    bottoms = np.array([table.sum(), predicted, true, predicted + true])
    figures = np.divide(tops, bottoms, out=np.zeros(4), where=bottoms > 0)
    return dict(zip(("accuracy", "precision", "recall", "f1"), figures.tolist(), strict=True))


def suggest_max_length(
    lengths: Sequence[int], coverage: float = 0.95, special: int = 2, multiple: int = 8, cap: int = 512
) -> int:
    needed = math.ceil(Fraction(float(coverage)).limit_denominator(10**6) * len(lengths))
    length = heapq.nsmallest(max(needed, 1), lengths)[-1] + special
    return min(length + -length % multiple, cap)


def rmse(pred: Tensor, target: Tensor) -> float:
    if pred.numel() != target.numel():
        raise RuntimeError("pred and target do not match")
    with torch.no_grad():
        errors = pred.reshape(-1).to(torch.float64).sub(target.reshape(-1).to(torch.float64))
        return errors.dot(errors).div(errors.numel()).sqrt()


def audit_log(rows: list[tuple[int, float, float]]) -> list[int]:

    def whole(value):
        return 2 * round(value * 10000)

    lines = [(0, 0, 0), *((n, whole(loss), whole(accuracy)) for n, loss, accuracy in rows)]

    def possible(before, now):
        slack = before[0] + now[0]
        losses = now[0] * now[1] - before[0] * before[1]
        answers = now[0] * now[2] - before[0] * before[2]
        return losses >= -slack and -slack <= answers <= 20000 * (now[0] - before[0]) + slack

    return [index for index in range(len(rows)) if not possible(lines[index], lines[index + 1])]


def possible_error_counts(copies: list[int]) -> set[int]:
    return sorted(reduce(lambda counts, size: counts | {count + size for count in counts}, copies, {0}))


def paired_bootstrap(
    pred_a: Tensor, pred_b: Tensor, target: Tensor, n_draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    truth = target.detach().double().reshape(-1).numpy()
    squares = [(pred.detach().double().reshape(-1).numpy() - truth) ** 2 for pred in (pred_a, pred_b)]
    size = len(truth)
    times = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=n_draws)
    a, b = (np.sqrt(times @ square / size) for square in squares)
    low, high = np.quantile(a - b, [0.5 - level / 2, 0.5 + level / 2], method="nearest")
    return (low.item(), high.item())


def group_folds(texts: list[str], k: int = 5, seed: int = 42) -> list[list[int]]:
    rng = random.Random(seed)
    heap = [(0, rng.random(), fold, []) for fold in range(k)]
    heapq.heapify(heap)
    for group in sorted(_groups_of(texts), key=lambda _: rng.random()):
        size, _, fold, members = heapq.heappop(heap)
        heapq.heappush(heap, (size + len(group), rng.random(), fold, members + group))
    return [members for _, _, _, members in heap]
